<?php
// Listens with Symfony's EventSourceHttpClient: php mercure_listen.php URL SECRET COUNT [LAST-ID]. Prints ready, then id, type and data of each event.
require 'Symfony/Component/HttpClient/autoload.php';

use Symfony\Component\HttpClient\Chunk\ServerSentEvent;
use Symfony\Component\HttpClient\EventSourceHttpClient;

[, $url, $secret, $count] = $argv;
$encode = fn (string $bytes) => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
$content = $encode(json_encode(['typ' => 'JWT', 'alg' => 'HS256'])).'.'.$encode(json_encode(['mercure' => ['subscribe' => ['*']]]));
$token = $content.'.'.$encode(hash_hmac('sha256', $content, $secret, true));
$client = new EventSourceHttpClient();
$source = $client->connect($url, ['auth_bearer' => $token, 'headers' => isset($argv[4]) ? ['Last-Event-ID' => $argv[4]] : []]);
foreach ($client->stream($source, 20) as $chunk) {
    if ($chunk->isTimeout()) {
        exit(1);
    }
    if ($chunk->isFirst()) {
        echo "ready\n";
    } elseif ($chunk instanceof ServerSentEvent && $chunk->getData() !== '') {
        echo $chunk->getId(), ' ', $chunk->getType(), ' ', $chunk->getData(), "\n";
        if (--$count == 0) {
            break;
        }
    }
}
exit(0);
