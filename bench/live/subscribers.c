/*
 * Subscribers of one channel, and its publisher, in one thread on one CPU:
 *
 *   subscribers PORT COUNT REQUEST READY PUBLICATION AHEAD
 *
 * COUNT connections to 127.0.0.1:PORT each send the file REQUEST and are open once READY has come; then "ready" is printed. For each line
 * SECONDS on standard input it publishes for so long, by POSTs of the file PUBLICATION over one kept-alive connection: the next message
 * when the one before is answered and all but AHEAD - 1 messages have come to everybody. It prints "messages deliveries p50 p99 longest"
 * (the delays in microseconds, from before the POST is written to when the message was read) or "fault WHAT". In PUBLICATION, and in what
 * comes, a message is "live-" with its number in eight digits and FILL, 128 bytes in all: each subscriber must get each message whole, once
 * and in order.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 128, CARRY = SIZE - 1, INPUT = 65536, DELAYS = 1 << 22, WAIT_MS = 10000, MOST_AHEAD = 64 };

struct subscriber {
    int socket, kept;
    unsigned next;
    char carry[CARRY];
};

static struct subscriber *all;
static int poll_fd, publisher, count, ahead, is_answered = 1;
/* The next message to publish, and the first that somebody lacks. */
static unsigned number, lacked;
/* Of each message under way when it was published, and who lacks it. */
static long long published_at[MOST_AHEAD], deliveries;
static int lacking[MOST_AHEAD];
static unsigned delays[DELAYS];
static char *publication, message[SIZE + 1], input[CARRY + INPUT + 1];
static int publication_size;

static long long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void fail(const char *what, long where)
{
    printf("fault %s %ld (%s)\n", what, where, errno ? strerror(errno) : "no error of the system");
    exit(1);
}

static char *file(const char *path, int *size)
{
    FILE *stream = fopen(path, "rb");
    char *content = malloc(INPUT);
    if (!stream || !content)
        fail(path, 0);
    *size = (int)fread(content, 1, INPUT - 1, stream);
    content[*size] = 0;
    fclose(stream);
    return content;
}

static int dial(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        fail("connecting, of whom there are already", count);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void send_all(int fd, const char *bytes, int size)
{
    while (size > 0) {
        ssize_t sent = write(fd, bytes, (size_t)size);
        if (sent <= 0)
            fail("writing", fd);
        bytes += sent, size -= (int)sent;
    }
}

/* Until the mark has come; what came before is nobody's business. SignalR takes its handshake after the upgrade, so REQUEST holds both. */
static void open_one(int port, const char *request, int size, const char *ready)
{
    int fd = dial(port), have = 0;
    struct timeval limit = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    send_all(fd, request, size);
    do {
        ssize_t got = have < 4095 ? read(fd, input + have, (size_t)(4095 - have)) : 0;
        if (got <= 0)
            fail("opening, of whom there are already", count);
        have += (int)got;
    } while (!memmem(input, (size_t)have, ready, strlen(ready)));
    fcntl(fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = (unsigned)count};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
    all[count] = (struct subscriber){.socket = fd};
    count++;
}

static void put_number(char *at, unsigned which)
{
    for (int digit = 7; digit >= 0; digit--, which /= 10)
        at[5 + digit] = (char)('0' + which % 10);
}

/* Each message ends somewhere in what was read, or goes on in what is read next. */
static void take(struct subscriber *who)
{
    for (;;) {
        memcpy(input, who->carry, (size_t)who->kept);
        ssize_t got = read(who->socket, input + who->kept, INPUT);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0)
            fail("a subscriber was ended, number", (long)(who - all));
        long long at = now();
        char *from = input, *end = input + who->kept + got, *found;
        while ((found = memmem(from, (size_t)(end - from), "live-", 5)) && end - found >= SIZE) {
            put_number(message, who->next);
            if (who->next >= number || memcmp(found, message, SIZE) != 0)
                fail("a message that is not the next, to", (long)(who - all));
            if (deliveries < DELAYS)
                delays[deliveries] = (unsigned)(at - published_at[who->next % MOST_AHEAD]);
            lacking[who->next % MOST_AHEAD]--;
            who->next++;
            deliveries++;
            from = found + SIZE;
        }
        who->kept = (int)(end - from < CARRY ? end - from : CARRY);
        memcpy(who->carry, end - who->kept, (size_t)who->kept);
        if (got < INPUT)
            return;
    }
}

/* The answer to a publication must be of the 2xx. Its status line comes in one piece; what comes behind that goes by. */
static void take_answer(void)
{
    char answer[4096];
    ssize_t got = read(publisher, answer, sizeof answer - 1);
    if (got <= 0)
        fail("the publisher was ended by message", number);
    answer[got] = 0;
    char *status = strstr(answer, "HTTP/1.1 ");
    if (status && status[9] != '2')
        fail("a publication is answered", atol(status + 9));
    is_answered |= status != NULL;
}

static void publish_one(void)
{
    put_number(memmem(publication, (size_t)publication_size, "live-", 5), number);
    lacking[number % MOST_AHEAD] = count;
    published_at[number % MOST_AHEAD] = now();
    number++;
    is_answered = 0;
    send_all(publisher, publication, publication_size);
}

static void publish_until(long long end)
{
    struct epoll_event events[512];
    long long progress = now();
    for (;;) {
        for (; lacked < number && lacking[lacked % MOST_AHEAD] == 0; lacked++)
            progress = now();
        if (is_answered && now() < end && number - lacked < (unsigned)ahead)
            publish_one();
        if (lacked == number && is_answered)
            return;
        int found = epoll_wait(poll_fd, events, 512, 1000);
        for (int i = 0; i < found; i++) {
            if (events[i].data.u32 == ~0u)
                take_answer();
            else
                take(&all[events[i].data.u32]);
        }
        if (now() - progress > WAIT_MS * 1000LL)
            fail("a message that did not come to all, but to", count - lacking[lacked % MOST_AHEAD]);
    }
}

static int ascending(const void *left, const void *right)
{
    unsigned a = *(const unsigned *)left, b = *(const unsigned *)right;
    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    if (argc != 7 || (ahead = atoi(argv[6])) < 1 || ahead > MOST_AHEAD)
        return 2;
    int port = atoi(argv[1]), wanted = atoi(argv[2]), size;
    double seconds;
    setvbuf(stdout, NULL, _IOLBF, 0);
    char *request = file(argv[3], &size);
    publication = file(argv[5], &publication_size);
    char *place = memmem(publication, (size_t)publication_size, "live-", 5);
    if (!place || publication + publication_size - place < SIZE || !(all = calloc((size_t)wanted, sizeof *all)))
        return 2;
    memcpy(message, place, SIZE);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    while (count < wanted)
        open_one(port, request, size, argv[4]);
    publisher = dial(port);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = ~0u};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, publisher, &event);
    puts("ready");
    while (scanf("%lf", &seconds) == 1) {
        unsigned first = number;
        long long until = now() + (long long)(seconds * 1e6);
        deliveries = 0;
        publish_until(until);
        long long kept = deliveries < DELAYS ? deliveries : DELAYS;
        qsort(delays, (size_t)kept, sizeof *delays, ascending);
        printf("%u %lld %u %u %u\n", number - first, deliveries, delays[kept / 2], delays[kept * 99 / 100], delays[kept - 1]);
    }
    return 0;
}
