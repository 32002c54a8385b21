<?php
// Publishes with Symfony's Mercure component: php mercure_publish.php URL SECRET TOPIC DATA... Prints the id that the hub gave to each.
// Its own factory of tokens needs lcobucci/jwt, which Debian does not have: this one takes its place.
require 'Symfony/Component/Mercure/autoload.php';

use Symfony\Component\Mercure\Hub;
use Symfony\Component\Mercure\Jwt\FactoryTokenProvider;
use Symfony\Component\Mercure\Jwt\TokenFactoryInterface;
use Symfony\Component\Mercure\Update;

final class Factory implements TokenFactoryInterface
{
    public function __construct(private string $secret)
    {
    }

    public function create(?array $subscribe = [], ?array $publish = [], array $additionalClaims = []): string
    {
        $encode = fn (string $bytes) => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
        $claims = ['mercure' => ['publish' => $publish, 'subscribe' => $subscribe], 'exp' => time() + 3600] + $additionalClaims;
        $content = $encode(json_encode(['typ' => 'JWT', 'alg' => 'HS256'])).'.'.$encode(json_encode($claims));
        return $content.'.'.$encode(hash_hmac('sha256', $content, $this->secret, true));
    }
}

[, $url, $secret, $topic] = $argv;
$factory = new Factory($secret);
$hub = new Hub($url, new FactoryTokenProvider($factory, [], ["*"]), $factory);
foreach (array_slice($argv, 4) as $number => $data) {
    // The first is for all, under an alternate topic too; the others are private, with an id and a type of their own.
    echo $hub->publish($number === 0 ? new Update([$topic, "$topic/alternate"], $data) : new Update($topic, $data, true, "urn:symfony:$number", 'note', 1500)), "\n";
}
