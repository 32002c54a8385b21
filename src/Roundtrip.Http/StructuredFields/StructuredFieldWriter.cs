using System.Buffers.Text;
using System.Text.Unicode;

namespace Roundtrip.Http.StructuredFields;

/// <summary>
/// Serialises a field's value (RFC 9651 section 4.1) into a span. An Item is one value; a List is <see cref="Member"/> before each value or inner list; a Dictionary is
/// <see cref="Key"/> before each. <see cref="Parameter"/>, with a value behind it, comes behind the value or the end of the inner list that it is of. A key is written once:
/// that is the caller's to see to. Once something could not be written nothing is any more, and <see cref="IsValid"/> says so.
/// </summary>
public ref struct StructuredFieldWriter
{
    private const long LargestInteger = 999_999_999_999_999;

    private readonly Span<byte> _destination;
    private int _length;

    // Whether a key was written whose value is still to come: '=' goes before it, and nothing where it is true.
    private bool _awaitsValue;
    private bool _isInInnerList;
    private bool _isFirst;
    private bool _hasFailed;

    public StructuredFieldWriter(Span<byte> destination)
    {
        _destination = destination;
        _isFirst = true;
    }

    /// <summary>False once a value could not be said in its type, or did not fit the destination.</summary>
    public readonly bool IsValid => !_hasFailed;

    /// <summary>What was written. Of no use unless <see cref="IsValid"/>. Where it is empty the field is not sent (section 4.1).</summary>
    public readonly ReadOnlySpan<byte> Written => _destination[.._length];

    /// <summary>Begins a List's next member.</summary>
    public void Member()
    {
        if (!_isFirst)
        {
            Put(", "u8);
        }

        _isFirst = false;
    }

    /// <summary>Begins a Dictionary's next member.</summary>
    public void Key(ReadOnlySpan<byte> key)
    {
        Member();
        PutKey(key);
    }

    /// <summary>Begins a parameter.</summary>
    public void Parameter(ReadOnlySpan<byte> key)
    {
        Put(";"u8);
        PutKey(key);
    }

    /// <summary>Begins an inner list: values follow, each with its parameters.</summary>
    public void BeginInnerList()
    {
        Begin();
        Put("("u8);
        _isInInnerList = _isFirst = true;
    }

    public void EndInnerList()
    {
        Put(")"u8);
        _isInInnerList = _isFirst = false;
    }

    /// <param name="value">At most fifteen digits.</param>
    public void Integer(long value)
    {
        Begin();
        PutInteger(value);
    }

    /// <summary>Writes a Decimal, rounded to three digits behind the point, ties to the even one (section 4.1.5).</summary>
    /// <param name="value">At most twelve digits before the point once rounded.</param>
    public void Decimal(decimal value)
    {
        Begin();
        value = Math.Round(value, 3, MidpointRounding.ToEven);
        if (Math.Abs(value) >= 1_000_000_000_000m)
        {
            _hasFailed = true;
            return;
        }

        long thousandths = (long)(value * 1000);
        if (thousandths < 0)
        {
            Put("-"u8);
            thousandths = -thousandths;
        }

        PutInteger(thousandths / 1000);
        int fraction = (int)(thousandths % 1000);
        ReadOnlySpan<byte> digits = [(byte)'.', (byte)('0' + (fraction / 100)), (byte)('0' + (fraction / 10 % 10)), (byte)('0' + (fraction % 10))];
        Put(fraction % 100 == 0 ? digits[..2] : fraction % 10 == 0 ? digits[..3] : digits);
    }

    /// <param name="ascii">Printable ASCII.</param>
    public void String(ReadOnlySpan<byte> ascii)
    {
        Begin();
        Put("\""u8);
        foreach (byte value in ascii)
        {
            _hasFailed |= value is < 0x20 or >= 0x7F;
            if (value is (byte)'"' or (byte)'\\')
            {
                Put("\\"u8);
            }

            Put([value]);
        }

        Put("\""u8);
    }

    public void Token(ReadOnlySpan<byte> token)
    {
        Begin();
        _hasFailed |= !Scanner.IsToken(token);
        Put(token);
    }

    public void ByteSequence(ReadOnlySpan<byte> bytes)
    {
        Begin();
        Put(":"u8);
        if (!_hasFailed)
        {
            _hasFailed = Base64.EncodeToUtf8(bytes, _destination[_length..], out _, out int written) != System.Buffers.OperationStatus.Done;
            _length += written;
        }

        Put(":"u8);
    }

    public void Boolean(bool value)
    {
        // Sections 4.1.1.2 and 4.1.2: a parameter or member that is true is its key alone.
        if (_awaitsValue && value)
        {
            _awaitsValue = false;
            return;
        }

        Begin();
        Put(value ? "?1"u8 : "?0"u8);
    }

    /// <param name="unixSeconds">At most fifteen digits.</param>
    public void Date(long unixSeconds)
    {
        Begin();
        Put("@"u8);
        PutInteger(unixSeconds);
    }

    /// <param name="utf8">Any text, in UTF-8.</param>
    public void DisplayString(ReadOnlySpan<byte> utf8)
    {
        Begin();
        _hasFailed |= !Utf8.IsValid(utf8);
        Put("%\""u8);
        foreach (byte value in utf8)
        {
            if (value is (byte)'%' or (byte)'"' or < 0x20 or >= 0x7F)
            {
                Put([(byte)'%', "0123456789abcdef"u8[value >> 4], "0123456789abcdef"u8[value & 0xF]]);
            }
            else
            {
                Put([value]);
            }
        }

        Put("\""u8);
    }

    // What stands before any value: '=' behind a key, a space between two items of an inner list.
    private void Begin()
    {
        if (_awaitsValue)
        {
            Put("="u8);
            _awaitsValue = false;
        }
        else if (_isInInnerList)
        {
            Put(_isFirst ? default : " "u8);
            _isFirst = false;
        }
    }

    private void PutKey(ReadOnlySpan<byte> key)
    {
        _hasFailed |= !Scanner.IsKey(key);
        Put(key);
        _awaitsValue = true;
    }

    private void PutInteger(long value)
    {
        _hasFailed |= value is > LargestInteger or < -LargestInteger;
        if (!_hasFailed)
        {
            _hasFailed = !Utf8Formatter.TryFormat(value, _destination[_length..], out int written);
            _length += written;
        }
    }

    private void Put(scoped ReadOnlySpan<byte> bytes)
    {
        _hasFailed |= bytes.Length > _destination.Length - _length;
        if (!_hasFailed)
        {
            bytes.CopyTo(_destination[_length..]);
            _length += bytes.Length;
        }
    }
}
