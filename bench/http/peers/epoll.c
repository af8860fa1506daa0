// The floor: as little as a server can do that answers these requests, in C on epoll, one thread. It looks for the end of
// the head and at the path, and nowhere else: no field is read, no rule of HTTP is kept, no deadline, no limit, no date.
// Posts are answered from memory, whole (`epoll PAGES`: for each post a length, 4 bytes, and the answer); the other routes
// print their answer. `epoll PAGES 2` are two processes that share nothing. The port, any free one, is told on the first line
// of the output.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { MAX_PAGES = 1024, MAX_FD = 65536, MAX_HEAD = 16384, EVENTS = 256 };

struct page {
  const char *bytes;
  size_t length;
};

// What came of a head whose end has not come yet. Most come whole: an idle connection has none.
struct rest {
  char *bytes;
  size_t length;
};

static struct page pages[MAX_PAGES];
static struct rest rests[MAX_FD];
static char in[65536];
static char out[65536];

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void load_pages(const char *file) {
  FILE *from = fopen(file, "r");
  if (!from) fail(file);
  unsigned length;
  for (int id = 0; id < MAX_PAGES && fread(&length, 4, 1, from) == 1; id++) {
    char *bytes = malloc(length);
    if (fread(bytes, 1, length, from) != length) fail(file);
    pages[id] = (struct page){bytes, length};
  }
  fclose(from);
}

static size_t print_made(char *to, const char *type, const char *format, int length, const char *name) {
  char body[512];
  int size = snprintf(body, sizeof body, format, length, name);
  return (size_t)sprintf(to, "HTTP/1.1 200 OK\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s", type, size, body);
}

static size_t answer(const char *head, char *to) {
  if (!memcmp(head, "GET /posts/", 11)) {
    unsigned long id = strtoul(head + 11, NULL, 10);
    if (id < MAX_PAGES && pages[id].length) {
      memcpy(to, pages[id].bytes, pages[id].length);
      return pages[id].length;
    }
  } else if (!memcmp(head, "GET /hello/", 11) || !memcmp(head, "GET /text/", 10)) {
    int is_text = head[5] == 't';
    const char *name = head + (is_text ? 10 : 11);
    int length = (int)strcspn(name, " ");
    if (length > 256) length = 256;
    return is_text ? print_made(to, "text/plain; charset=utf-8", "Hello %.*s", length, name)
                   : print_made(to, "application/json; charset=utf-8", "{\"hello\":\"%.*s\",\"served\":true}", length, name);
  }
  return (size_t)sprintf(to, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
}

static void end(int fd) {
  free(rests[fd].bytes);
  rests[fd] = (struct rest){0};
  close(fd);
}

static void serve(int fd) {
  struct rest *rest = &rests[fd];
  size_t length = rest->length;
  if (length) memcpy(in, rest->bytes, length);
  ssize_t got = read(fd, in + length, MAX_HEAD - length);
  if (got <= 0) return end(fd);
  length += (size_t)got;
  char *at = in, *head_end;
  size_t filled = 0;
  while ((head_end = memmem(at, (size_t)(in + length - at), "\r\n\r\n", 4))) {
    filled += answer(at, out + filled);
    at = head_end + 4;
    if (filled > sizeof out / 2) {
      if (write(fd, out, filled) != (ssize_t)filled) return end(fd);
      filled = 0;
    }
  }
  if (filled && write(fd, out, filled) != (ssize_t)filled) return end(fd);
  size_t left = (size_t)(in + length - at);
  if (left == MAX_HEAD) return end(fd);
  if (left) {
    rest->bytes = realloc(rest->bytes, MAX_HEAD);
    memcpy(rest->bytes, at, left);
  }
  rest->length = left;
}

// On that port, or on any if it is 0: then it becomes that.
static int listen_on(in_port_t *port) {
  int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = *port};
  socklen_t size = sizeof at;
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&at, size) || listen(fd, 4096)) fail("listen");
  getsockname(fd, (struct sockaddr *)&at, &size);
  *port = at.sin_port;
  return fd;
}

static void accept_all(int listener, int poll) {
  for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (fd >= MAX_FD || epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event)) close(fd);
  }
}

int main(int count, char **words) {
  if (count < 2) return 2;
  signal(SIGPIPE, SIG_IGN);
  load_pages(words[1]);
  in_port_t port = 0;
  int listener = listen_on(&port);
  if (count > 2 && fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    close(listener);
    listener = listen_on(&port);
  } else {
    printf("%d\n", ntohs(port));
    fflush(stdout);
  }
  int poll = epoll_create1(0);
  struct epoll_event events[EVENTS], event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int ready = epoll_wait(poll, events, EVENTS, -1);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) accept_all(listener, poll);
      else serve(fd);
    }
  }
}
