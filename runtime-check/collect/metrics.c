/* The counters, their text, and who gets it. */
#include "runtime-check/collect/metrics.h"

#include "base/hash.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  CALLBACKS_MAX = 256, /* with a line of their own; the others are together */
  REQUEST_NS = 1000000000, /* for a request to come and its answer to go */
};
#define WRITE_NS UINT64_C(5000000000) /* between two texts */

typedef struct callback_time {
  const char *name;
  uint64_t stalls, ns;
} callback_time;

typedef struct loop_stalls {
  uint64_t stalls, ns;
} loop_stalls;

struct metrics {
  char *file, *temporary; /* NULL: served */
  int listening, end; /* socket, and an eventfd that ends the thread; -1 */
  pthread_t server;
  pthread_mutex_t lock;
  bs_strbuf text; /* what is served */
  uint64_t next_write;
  BS_VEC(callback_time) callbacks;
  BS_VEC(loop_stalls) loops; /* as the recording's */
  bs_map callback_of; /* a stack's index to one of `callbacks` */
  bs_intern names; /* of callbacks */
};

/* ---- counting ---- */

static uint32_t callback_index(metrics *m, const char *name) {
  for (uint32_t i = 0; i < m->callbacks.count; i++)
    if (!strcmp(m->callbacks.items[i].name, name)) return i;
  if (m->callbacks.count == CALLBACKS_MAX) return CALLBACKS_MAX - 1;
  const char *kept = m->callbacks.count == CALLBACKS_MAX - 1 ? "other" : name;
  *bs_vec_push(&m->callbacks) =
      (callback_time){.name = bs_intern_text(&m->names, bs_intern_adds(&m->names, kept))};
  return m->callbacks.count - 1;
}

/* The function that the loop had called; the stack is named once. */
static uint32_t callback_of(metrics *m, recording *r, const recorded_stall *stall) {
  if (!stall->samples.count) return callback_index(m, "unknown");
  uint32_t at = stall->samples.items[0].stack, known;
  if (bs_map_find(&m->callback_of, at, &known)) return known;
  account v;
  account_init_one(&v, r, stall->loop, at);
  const named_stack *s = &v.stacks.items[at];
  const char *name = s->callback != NO_INDEX  ? s->frames.items[s->callback].function
                     : s->culprit != NO_INDEX ? s->frames.items[s->culprit].function
                                              : "unknown";
  uint32_t index = callback_index(m, *name ? name : "unknown");
  account_fini(&v);
  bs_map_set(&m->callback_of, at, index);
  return index;
}

static void count_stalls(metrics *m, recording *r) {
  while (m->loops.count < r->loops.count) bs_vec_push(&m->loops);
  for (uint32_t i = 0; i < r->stalls.count; i++) {
    recorded_stall *stall = &r->stalls.items[i];
    if (!stall->settled || stall->counted || stall->dropped) continue;
    stall->counted = true;
    uint32_t index = callback_of(m, r, stall);
    callback_time *c = &m->callbacks.items[index];
    c->stalls++;
    c->ns += stall->duration;
    m->loops.items[stall->loop].stalls++;
    m->loops.items[stall->loop].ns += stall->duration;
  }
}

/* ---- the text ---- */

static void add_label(bs_strbuf *out, const char *name, const char *value) {
  bs_strbuf_addf(out, "%s=\"", name);
  for (; *value; value++) {
    if (*value == '\\' || *value == '"') bs_strbuf_add(out, "\\", 1);
    if ((unsigned char)*value >= ' ') bs_strbuf_add(out, value, 1);
  }
  bs_strbuf_adds(out, "\"");
}

static void add_loop_labels(const recording *r, const recorded_loop *l, bs_strbuf *out) {
  bs_strbuf_addf(out, "{pid=\"%d\",tid=\"%d\",", (int)r->processes.items[l->process].pid, (int)l->tid);
  add_label(out, "thread", l->name);
  bs_strbuf_adds(out, ",");
  add_label(out, "library", *l->library ? l->library : "own");
}

typedef double loop_value(const metrics *m, const recording *r, uint32_t loop);
static double iterations_of(const metrics *m, const recording *r, uint32_t loop) {
  (void)m;
  return (double)r->loops.items[loop].iterations;
}
static double busy_of(const metrics *m, const recording *r, uint32_t loop) {
  (void)m;
  return (double)r->loops.items[loop].busy_ns / 1e9;
}
static double longest_of(const metrics *m, const recording *r, uint32_t loop) {
  (void)m;
  return (double)r->loops.items[loop].max_ns / 1e9;
}
static double stalls_of(const metrics *m, const recording *r, uint32_t loop) {
  (void)r;
  return (double)m->loops.items[loop].stalls;
}
static double stalled_of(const metrics *m, const recording *r, uint32_t loop) {
  (void)r;
  return (double)m->loops.items[loop].ns / 1e9;
}

static const struct {
  const char *name, *type, *help;
  loop_value *value;
} families[] = {
    {"blockscan_iterations_total", "counter", "Iterations of an event loop.", iterations_of},
    {"blockscan_busy_seconds_total", "counter", "Time in iterations of an event loop.", busy_of},
    {"blockscan_iteration_longest_seconds", "gauge", "The longest iteration so far.", longest_of},
    {"blockscan_stalls_total", "counter", "Iterations that took the threshold or longer.", stalls_of},
    {"blockscan_stalled_seconds_total", "counter", "Time in such iterations.", stalled_of},
};

static void add_head(bs_strbuf *out, const char *name, const char *type, const char *help) {
  bs_strbuf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_quantiles(const recording *r, bs_strbuf *out) {
  static const char *const parts[] = {"0.5", "0.9", "0.99", "0.999"};
  add_head(out, "blockscan_iteration_seconds", "gauge",
           "Quantiles of the iterations' durations since the start.");
  for (uint32_t i = 0; i < r->loops.count; i++)
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
      if (r->loops.items[i].is_none) continue;
      bs_strbuf_adds(out, "blockscan_iteration_seconds");
      add_loop_labels(r, &r->loops.items[i], out);
      bs_strbuf_addf(out, ",quantile=\"%s\"} %.9g\n", parts[k],
                     (double)loop_quantile(&r->loops.items[i], strtod(parts[k], NULL)) / 1e9);
    }
}

static void add_callbacks(const metrics *m, bs_strbuf *out) {
  add_head(out, "blockscan_callback_stalled_seconds_total", "counter",
           "Time in stalls by the function that the loop had called.");
  for (uint32_t i = 0; i < m->callbacks.count; i++) {
    bs_strbuf_adds(out, "blockscan_callback_stalled_seconds_total{");
    add_label(out, "callback", m->callbacks.items[i].name);
    bs_strbuf_addf(out, "} %.9g\n", (double)m->callbacks.items[i].ns / 1e9);
  }
}

static void write_text(const metrics *m, const recording *r, bs_strbuf *out) {
  for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
    add_head(out, families[f].name, families[f].type, families[f].help);
    for (uint32_t i = 0; i < r->loops.count; i++) {
      if (r->loops.items[i].is_none) continue;
      bs_strbuf_adds(out, families[f].name);
      add_loop_labels(r, &r->loops.items[i], out);
      bs_strbuf_addf(out, "} %.16g\n", families[f].value(m, r, i));
    }
  }
  add_quantiles(r, out);
  add_callbacks(m, out);
}

/* ---- who gets it ---- */

/* Whoever reads the file finds it whole. A failure is tried again with the next text. */
static void write_file(const metrics *m, const bs_strbuf *text) {
  FILE *f = fopen(m->temporary, "we");
  if (!f) return;
  bool good = fwrite(text->text, 1, text->length, f) == text->length;
  good = fclose(f) == 0 && good;
  if (!good || rename(m->temporary, m->file) != 0) unlink(m->temporary);
}

void metrics_update(metrics *m, recording *r, uint64_t now) {
  count_stalls(m, r);
  if (m->file && now < m->next_write) return;
  m->next_write = now + WRITE_NS;
  bs_strbuf text = BS_STRBUF_INIT;
  write_text(m, r, &text);
  if (m->file) {
    write_file(m, &text);
    bs_strbuf_fini(&text);
    return;
  }
  pthread_mutex_lock(&m->lock);
  bs_strbuf before = m->text;
  m->text = text;
  pthread_mutex_unlock(&m->lock);
  bs_strbuf_fini(&before);
}

static void answer(metrics *m, int client) {
  char request[2048];
  struct pollfd ready = {.fd = client, .events = POLLIN};
  bs_strbuf reply = BS_STRBUF_INIT;
  if (poll(&ready, 1, REQUEST_NS / 1000000) <= 0) return;
  ssize_t got = recv(client, request, sizeof request - 1, MSG_DONTWAIT);
  request[got > 0 ? got : 0] = '\0';
  if (!strncmp(request, "GET /metrics ", 13) || !strncmp(request, "GET / ", 6)) {
    pthread_mutex_lock(&m->lock);
    bs_strbuf_addf(&reply,
                   "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                   "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                   m->text.length);
    bs_strbuf_add(&reply, m->text.text ? m->text.text : "", m->text.length);
    pthread_mutex_unlock(&m->lock);
  } else {
    bs_strbuf_adds(&reply, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }
  const struct timeval limit = {.tv_sec = REQUEST_NS / 1000000000};
  setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  for (size_t done = 0; done < reply.length;) {
    ssize_t sent = send(client, reply.text + done, reply.length - done, MSG_NOSIGNAL);
    if (sent <= 0) break;
    done += (size_t)sent;
  }
  bs_strbuf_fini(&reply);
}

static void *serve(void *argument) {
  metrics *m = argument;
  struct pollfd polled[] = {{.fd = m->listening, .events = POLLIN}, {.fd = m->end, .events = POLLIN}};
  for (;;) {
    if (poll(polled, 2, -1) < 0 && errno != EINTR) return NULL;
    if (polled[1].revents) return NULL;
    /* blockscan: ignore[network.accept4] -- poll has said that somebody waits */
    int client = polled[0].revents ? accept4(m->listening, NULL, NULL, SOCK_CLOEXEC) : -1;
    if (client < 0) continue;
    answer(m, client);
    close(client);
  }
}

/* "HOST:PORT" with a loopback host. 0: it is no address; -1: it is one of elsewhere. */
static int parse_address(const char *where, struct sockaddr_storage *out, socklen_t *length) {
  char host[64];
  unsigned port;
  int used = 0;
  if ((sscanf(where, "[%63[^]]]:%5u%n", host, &port, &used) == 2 ||
       sscanf(where, "%63[^:/]:%5u%n", host, &port, &used) == 2) &&
      !where[used] && port && port < 65536) {
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
    memset(out, 0, sizeof *out);
    if (!strcmp(host, "localhost")) strcpy(host, "127.0.0.1");
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
      four->sin_family = AF_INET;
      four->sin_port = htons((uint16_t)port);
      *length = sizeof *four;
      return ntohl(four->sin_addr.s_addr) >> 24 == 127 ? 1 : -1;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
      six->sin6_family = AF_INET6;
      six->sin6_port = htons((uint16_t)port);
      *length = sizeof *six;
      return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr) ? 1 : -1;
    }
  }
  return 0;
}

static bool begin_serving(metrics *m, const struct sockaddr_storage *address, socklen_t length,
                          const char *where, bs_error *error) {
  int yes = 1;
  m->listening = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  m->end = eventfd(0, EFD_CLOEXEC);
  if (m->listening < 0 || m->end < 0) return bs_error_set(error, "--metrics: %s", strerror(errno));
  setsockopt(m->listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(m->listening, (const struct sockaddr *)address, length) != 0 || listen(m->listening, 16) != 0)
    return bs_error_set(error, "--metrics: cannot listen on %s: %s", where, strerror(errno));
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failed = pthread_create(&m->server, NULL, serve, m);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (!failed) return true;
  close(m->end);
  m->end = -1;
  return bs_error_set(error, "--metrics: cannot start a thread: %s", strerror(failed));
}

metrics *metrics_new(const char *where, bs_error *error) {
  struct sockaddr_storage address;
  socklen_t length = 0;
  int kind = parse_address(where, &address, &length);
  if (kind < 0) {
    bs_error_set(error, "--metrics: %s is not a loopback address: others could connect to it", where);
    return NULL;
  }
  metrics *m = bs_calloc(1, sizeof *m);
  m->listening = m->end = -1;
  m->text = (bs_strbuf)BS_STRBUF_INIT;
  pthread_mutex_init(&m->lock, NULL);
  bs_intern_init(&m->names);
  if (kind && begin_serving(m, &address, length, where, error)) return m;
  if (kind) {
    metrics_free(m);
    return NULL;
  }
  bs_strbuf temporary = BS_STRBUF_INIT;
  bs_strbuf_addf(&temporary, "%s.new", where);
  m->file = bs_strdup(where);
  m->temporary = bs_strbuf_take(&temporary);
  return m;
}

void metrics_free(metrics *m) {
  if (!m) return;
  if (m->end >= 0 && eventfd_write(m->end, 1) == 0 && m->server) pthread_join(m->server, NULL);
  if (m->end >= 0) close(m->end);
  if (m->listening >= 0) close(m->listening);
  pthread_mutex_destroy(&m->lock);
  bs_strbuf_fini(&m->text);
  bs_intern_fini(&m->names);
  bs_map_fini(&m->callback_of);
  bs_vec_fini(&m->callbacks);
  bs_vec_fini(&m->loops);
  free(m->file);
  free(m->temporary);
  free(m);
}
