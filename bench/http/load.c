// The load: kept-alive connections to 127.0.0.1, one request at a time on each, from one thread on epoll, so that it costs
// less than what it measures. Run by load.ts, which names the words. Prints one line of JSON.
//
// - busy (rate 0): every connection asks as soon as it is answered.
// - at a rate: requests are due at even distances, whether or not the earlier ones are answered, and go to the connection
//   that has waited longest; one that finds none free waits. Its time counts from when it was due: a server that stands
//   still is charged with all that should have been asked meanwhile.
// - with a count: that many requests, as in busy; ten `#` in a request are the number of it, so that each is another one.
//
// Processor time of the server is read here, right before the first request and right after the last answer: of whole
// processes by their clocks, of one thread (that of JavaScript) by its schedstat.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t nanoseconds;

enum { MAX_REQUESTS = 4096, MAX_PIDS = 64, MAX_HEAD = 16384, EVENTS = 256 };
static const nanoseconds PATIENCE = 20ull * 1000 * 1000 * 1000;

struct request {
  char *bytes, *number;
  size_t length;
};

enum reading { HEAD, BODY, CHUNKS };

struct connection {
  int fd, is_busy;
  nanoseconds since;
  const struct request *request;
  uint64_t number;
  enum reading reading;
  size_t remaining, kept;  // of the body; of the head, or of the end of the chunks
  char *head;              // of a head that came in pieces
  char tail[8];
};

static struct request requests[MAX_REQUESTS];
static size_t request_count, connection_count, next_request, in_flight, reopened;
static struct connection *connections, **waiting;
static size_t waiting_from, waiting_count;
static uint32_t *latencies;
static size_t answered, latency_room;
static int poll_fd, port;
static uint64_t serial;
static char in[262144];

static void fail(const char *what, const char *detail) {
  fprintf(stderr, "%s: %.300s\n", what, detail);
  exit(1);
}

static nanoseconds now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (nanoseconds)time.tv_sec * 1000000000ull + (nanoseconds)time.tv_nsec;
}

static void load_requests(const char *file) {
  FILE *from = fopen(file, "r");
  if (!from) fail(file, strerror(errno));
  uint32_t length;
  while (request_count < MAX_REQUESTS && fread(&length, 4, 1, from) == 1) {
    char *bytes = malloc(length + 1);
    if (fread(bytes, 1, length, from) != length) fail(file, "is cut off");
    bytes[length] = 0;
    requests[request_count++] = (struct request){bytes, strstr(bytes, "##########"), length};
  }
  fclose(from);
  if (!request_count) fail(file, "has no requests");
}

static void open_connection(struct connection *connection) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
  int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) fail("connect", strerror(errno));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event)) fail("epoll_ctl", strerror(errno));
  connection->fd = fd;
}

static void wait_for_turn(struct connection *connection) {
  waiting[(waiting_from + waiting_count++) % connection_count] = connection;
}

static struct connection *next_in_turn(void) {
  struct connection *connection = waiting[waiting_from];
  waiting_from = (waiting_from + 1) % connection_count;
  waiting_count--;
  return connection;
}

static void write_request(struct connection *connection) {
  const struct request *request = connection->request;
  if (request->number) {
    char digits[11];
    snprintf(digits, sizeof digits, "%010llu", (unsigned long long)connection->number);
    memcpy(request->number, digits, 10);
  }
  connection->reading = HEAD;
  connection->kept = 0;
  if (write(connection->fd, request->bytes, request->length) != (ssize_t)request->length && errno != EPIPE && errno != ECONNRESET)
    fail("write", strerror(errno));
}

static void send_request(struct connection *connection, nanoseconds since) {
  connection->is_busy = 1;
  connection->since = since;
  connection->request = &requests[next_request];
  connection->number = serial++;
  next_request = (next_request + 1) % request_count;
  in_flight++;
  write_request(connection);
}

// A server may end a connection that waits; one that ends it instead of answering is asked again.
static void reopen(struct connection *connection) {
  if (connection->is_busy && (connection->reading != HEAD || connection->kept)) fail("answer", "broken off");
  if (++reopened > 100000) fail("the server", "keeps closing connections");
  close(connection->fd);
  open_connection(connection);
  if (connection->is_busy) write_request(connection);
}

static void note_latency(nanoseconds taken) {
  if (answered == latency_room) {
    latency_room = latency_room ? latency_room * 2 : 1 << 20;
    latencies = realloc(latencies, latency_room * sizeof *latencies);
  }
  latencies[answered++] = taken > UINT32_MAX ? UINT32_MAX : (uint32_t)taken;
}

// Reads the head; returns the bytes of it, or 0 when it has not come whole.
static size_t read_head(struct connection *connection, const char *bytes, size_t length) {
  const char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (!end) return 0;
  if (memcmp(bytes + 8, " 200", 4)) fail("answer", bytes);
  connection->reading = CHUNKS;
  memset(connection->tail, 0, sizeof connection->tail);
  for (const char *line = bytes; line < end; line = (const char *)memchr(line, '\n', (size_t)(end + 2 - line)) + 1) {
    if ((*line | 0x20) != 'c' || strncasecmp(line, "content-length:", 15)) continue;
    connection->reading = BODY;
    connection->remaining = strtoul(line + 15, NULL, 10);
    break;
  }
  return (size_t)(end + 4 - bytes);
}

static int is_chunks_end(struct connection *connection, const char *bytes, size_t length) {
  size_t fresh = length < 7 ? length : 7;
  memmove(connection->tail, connection->tail + fresh, 7 - fresh);
  memcpy(connection->tail + 7 - fresh, bytes + length - fresh, fresh);
  return !memcmp(connection->tail, "\r\n0\r\n\r\n", 7);
}

static int is_complete(struct connection *connection, const char *bytes, size_t length) {
  if (connection->reading == CHUNKS) return length && is_chunks_end(connection, bytes, length);
  if (length > connection->remaining) fail("answer", "longer than it says");
  connection->remaining -= length;
  return !connection->remaining;
}

// Returns whether the answer is there in whole.
static int take(struct connection *connection, const char *bytes, size_t length) {
  if (connection->reading != HEAD) return is_complete(connection, bytes, length);
  if (connection->kept) {
    if (connection->kept + length > MAX_HEAD) fail("answer", "its head is too long");
    memcpy(connection->head + connection->kept, bytes, length);
    bytes = connection->head;
    length += connection->kept;
  }
  size_t head = read_head(connection, bytes, length);
  if (head) return is_complete(connection, bytes + head, length - head);
  if (!connection->head) connection->head = malloc(MAX_HEAD);
  if (!connection->kept) {
    if (length > MAX_HEAD) fail("answer", "its head is too long");
    memcpy(connection->head, bytes, length);
  }
  connection->kept = length;
  return 0;
}

static void hear(struct connection *connection) {
  ssize_t got = read(connection->fd, in, sizeof in);
  if (got <= 0) return reopen(connection);
  if (!connection->is_busy) fail("answer", "to no request");
  if (!take(connection, in, (size_t)got)) return;
  note_latency(now() - connection->since);
  connection->is_busy = 0;
  in_flight--;
  wait_for_turn(connection);
}

static void poll_for(nanoseconds timeout) {
  struct epoll_event events[EVENTS];
  struct timespec limit = {.tv_sec = (time_t)(timeout / 1000000000ull), .tv_nsec = (long)(timeout % 1000000000ull)};
  int ready = epoll_pwait2(poll_fd, events, EVENTS, &limit, NULL);
  for (int i = 0; i < ready; i++) hear(events[i].data.ptr);
}

static void finish(void) {
  nanoseconds limit = now() + PATIENCE;
  while (in_flight) {
    if (now() > limit) fail("answer", "none within 20 s");
    poll_for(PATIENCE / 20);
  }
}

static void keep_busy(nanoseconds duration, uint64_t count) {
  nanoseconds end = now() + duration, heard = now(), time;
  uint64_t last = serial + count;
  while ((time = now()) < end && (!count || serial < last)) {
    while (waiting_count && (!count || serial < last)) send_request(next_in_turn(), now());
    size_t before = answered;
    poll_for(PATIENCE / 20);
    if (answered > before) heard = now();
    else if (now() - heard > PATIENCE) fail("answer", "none within 20 s");
  }
  finish();
}

static void keep_rate(nanoseconds duration, double rate) {
  nanoseconds start = now(), time;
  uint64_t total = (uint64_t)(rate * (double)duration / 1e9), sent = 0;
  while (sent < total) {
    nanoseconds due = start + (nanoseconds)((double)sent * 1e9 / rate);
    while (waiting_count && sent < total && due <= (time = now())) {
      send_request(next_in_turn(), due);
      due = start + (nanoseconds)((double)++sent * 1e9 / rate);
    }
    time = now();
    if (time > start + duration + PATIENCE) fail("answer", "none within 20 s");
    if (sent < total) poll_for(waiting_count && due > time ? due - time : waiting_count ? 0 : PATIENCE / 20);
  }
  finish();
}

static nanoseconds time_of(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time)) return 0;
  return (nanoseconds)time.tv_sec * 1000000000ull + (nanoseconds)time.tv_nsec;
}

struct process {
  pid_t pid;
  nanoseconds time;
};

// One that has ended keeps the time it was last seen with: that of nginx which looks through the files of its cache.
static nanoseconds time_of_processes(struct process *processes, int count) {
  nanoseconds sum = 0;
  for (int i = 0; i < count; i++) {
    clockid_t clock;
    nanoseconds time = clock_getcpuclockid(processes[i].pid, &clock) ? 0 : time_of(clock);
    if (time) processes[i].time = time;
    sum += processes[i].time;
  }
  return sum;
}

static nanoseconds time_of_main_thread(pid_t pid) {
  char name[64];
  unsigned long long time = 0;
  snprintf(name, sizeof name, "/proc/%d/task/%d/schedstat", pid, pid);
  FILE *from = pid ? fopen(name, "r") : NULL;
  if (!from) return 0;
  if (fscanf(from, "%llu", &time) != 1) time = 0;
  fclose(from);
  return time;
}

static int compare(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

static double quantile_ms(double q) {
  return answered ? latencies[(size_t)((double)(answered - 1) * q + 0.5)] / 1e6 : 0;
}

int main(int words, char **word) {
  if (words < 9) return 2;
  port = atoi(word[1]);
  load_requests(word[2]);
  connection_count = strtoul(word[3], NULL, 10);
  nanoseconds warm = strtoull(word[4], NULL, 10) * 1000000ull, duration = strtoull(word[5], NULL, 10) * 1000000ull;
  double rate = atof(word[6]);
  uint64_t count = strtoull(word[7], NULL, 10);
  serial = strtoull(word[8], NULL, 10);
  pid_t js = words > 9 ? atoi(word[9]) : 0;
  struct process processes[MAX_PIDS];
  int process_count = 0;
  for (int i = 10; i < words && process_count < MAX_PIDS; i++) processes[process_count++] = (struct process){.pid = atoi(word[i])};

  prctl(PR_SET_TIMERSLACK, 1);
  poll_fd = epoll_create1(0);
  connections = calloc(connection_count, sizeof *connections);
  waiting = calloc(connection_count, sizeof(void *));
  for (size_t i = 0; i < connection_count; i++) {
    open_connection(&connections[i]);
    wait_for_turn(&connections[i]);
  }
  if (warm) keep_busy(warm, 0);

  answered = 0;
  nanoseconds cpu = time_of_processes(processes, process_count), js_cpu = time_of_main_thread(js);
  nanoseconds own = time_of(CLOCK_PROCESS_CPUTIME_ID), start = now();
  if (rate > 0) keep_rate(duration, rate);
  else keep_busy(duration, count);
  nanoseconds took = now() - start;
  cpu = time_of_processes(processes, process_count) - cpu;
  js_cpu = time_of_main_thread(js) - js_cpu;
  own = time_of(CLOCK_PROCESS_CPUTIME_ID) - own;

  qsort(latencies, answered, sizeof *latencies, compare);
  printf("{\"answered\":%zu,\"reopened\":%zu,\"ms\":%.3f,\"cpu\":%.3f,\"js\":%.3f,\"own\":%.3f,\"p50\":%.4f,\"p99\":%.4f,\"max\":%.4f}\n",
         answered, reopened, (double)took / 1e6, (double)cpu / 1e3, (double)js_cpu / 1e3, (double)own / 1e3,
         quantile_ms(0.5), quantile_ms(0.99), quantile_ms(1));
  return 0;
}
