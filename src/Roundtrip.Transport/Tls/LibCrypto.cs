using System.Runtime.InteropServices;

namespace Roundtrip.Transport.Tls;

/// <summary>The functions of libcrypto.so.3 that the server uses: BIO, the error queue, and what tells one certificate from another.</summary>
internal static unsafe partial class LibCrypto
{
    public const string Name = "libcrypto.so.3";

    public const int BioTypeSourceSink = 0x0400;
    public const int BioControlFlush = 11;

    public const int BioFlagRead = 0x01;
    public const int BioFlagWrite = 0x02;
    public const int BioFlagShouldRetry = 0x08;
    public const int BioFlagsRetry = 0x0F;

    [LibraryImport(Name)]
    public static partial int BIO_get_new_index();

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BIO_meth_new(int type, string name);

    [LibraryImport(Name)]
    public static partial int BIO_meth_set_read_ex(nint method, delegate* unmanaged<nint, byte*, nuint, nuint*, int> callback);

    [LibraryImport(Name)]
    public static partial int BIO_meth_set_write_ex(nint method, delegate* unmanaged<nint, byte*, nuint, nuint*, int> callback);

    [LibraryImport(Name)]
    public static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged<nint, int, nint, void*, nint> callback);

    [LibraryImport(Name)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint BIO_new_file(string file, string mode);

    [LibraryImport(Name)]
    public static partial nint BIO_new_mem_buf(byte* bytes, int length);

    [LibraryImport(Name)]
    public static partial int BIO_up_ref(nint bio);

    [LibraryImport(Name)]
    public static partial int BIO_free(nint bio);

    [LibraryImport(Name)]
    public static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Name)]
    public static partial void BIO_clear_flags(nint bio, int flags);

    [LibraryImport(Name)]
    public static partial void ERR_clear_error();

    [LibraryImport(Name)]
    public static partial nuint ERR_peek_error();

    [LibraryImport(Name)]
    public static partial nuint ERR_get_error();

    [LibraryImport(Name)]
    public static partial nint ERR_reason_error_string(nuint code);

    [LibraryImport(Name)]
    public static partial byte* SHA256(byte* data, nuint length, byte* digest);

    [LibraryImport(Name)]
    public static partial nint PEM_read_bio_X509(nint bio, nint into, delegate* unmanaged<byte*, int, int, void*, int> password, void* argument);

    [LibraryImport(Name)]
    public static partial nint PEM_read_bio_PrivateKey(nint bio, nint into, delegate* unmanaged<byte*, int, int, void*, int> password, void* argument);

    [LibraryImport(Name)]
    public static partial int X509_check_private_key(nint certificate, nint key);

    [LibraryImport(Name)]
    public static partial nint X509_get0_notAfter(nint certificate);

    [LibraryImport(Name)]
    public static partial int X509_cmp_time(nint asn1Time, long* unixSeconds);

    [LibraryImport(Name)]
    public static partial nint X509_get0_pubkey(nint certificate);

    [LibraryImport(Name)]
    public static partial nint X509_verify_cert_error_string(nint result);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int X509_VERIFY_PARAM_set1_ip_asc(nint parameters, string address);

    [LibraryImport(Name)]
    public static partial void X509_free(nint certificate);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_get_base_id(nint key);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_get_raw_public_key(nint key, byte* bytes, nuint* length);

    [LibraryImport(Name)]
    public static partial int EVP_PKEY_set_type(nint key, int type);

    [LibraryImport(Name)]
    public static partial void EVP_PKEY_free(nint key);
}
