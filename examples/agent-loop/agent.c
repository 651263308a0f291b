/* A session: its steps, one after the other; fifty of them share the loop. */
#include "agent.h"

#include "tools.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
  struct agents *agents;
  CURL *curl; /* keeps its connection from one step to the next */
  int number, step;
  uint64_t began; /* nanoseconds */
  char *answer;
  size_t length;
  char question[512];
};

static void ask(struct session *session, const char *result);

static void end_session(struct session *session, const char *error) {
  struct agents *agents = session->agents;
  if (error) {
    fprintf(stderr, "session %d: %s\n", session->number, error);
    agents->failed++;
  }
  agents->latencies_ms[session->number] = (double)(uv_hrtime() - session->began) / 1e6;
  curl_easy_cleanup(session->curl);
  free(session->answer);
  free(session);
  if (--agents->sessions_left == 0) transfers_close(&agents->transfers);
}

static void on_tool_done(const char *result, void *user) {
  struct session *session = user;
  if (++session->step == session->agents->steps)
    end_session(session, NULL);
  else
    ask(session, result);
}

/* {"context": [a lot], "tool": NAME, "argument": TEXT} */
static void act(struct session *session) {
  json_error_t error;
  json_t *answer = json_loadb(session->answer, session->length, 0, &error);
  const char *name = "", *argument = "";
  if (!answer || json_unpack(answer, "{s: s, s: s}", "tool", &name, "argument", &argument)) {
    json_decref(answer);
    end_session(session, "the model's answer names no tool");
    return;
  }
  tool run = tool_find(name);
  if (run)
    run(session->agents->transfers.loop, argument, on_tool_done, session);
  else
    on_tool_done("there is no such tool", session);
  json_decref(answer);
}

static size_t on_data(char *data, size_t size, size_t count, void *user) {
  struct session *session = user;
  char *grown = realloc(session->answer, session->length + size * count);
  if (!grown) return 0;
  session->answer = grown;
  memcpy(grown + session->length, data, size * count);
  session->length += size * count;
  return size * count;
}

static void on_answer(CURL *curl, CURLcode code, void *user) {
  (void)curl;
  if (code == CURLE_OK)
    act(user);
  else
    end_session(user, curl_easy_strerror(code));
}

static void ask(struct session *session, const char *result) {
  json_t *question =
      json_pack("{s: i, s: i, s: s}", "session", session->number, "step", session->step, "result", result);
  size_t length =
      question ? json_dumpb(question, session->question, sizeof session->question, JSON_COMPACT) : 0;
  json_decref(question);
  session->length = 0;
  curl_easy_setopt(session->curl, CURLOPT_URL, session->agents->model_url);
  curl_easy_setopt(session->curl, CURLOPT_POSTFIELDS, session->question);
  curl_easy_setopt(session->curl, CURLOPT_POSTFIELDSIZE, (long)length);
  curl_easy_setopt(session->curl, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(session->curl, CURLOPT_WRITEDATA, session);
  curl_easy_setopt(session->curl, CURLOPT_NOSIGNAL, 1L);
  bool asked = length && length <= sizeof session->question &&
               transfers_start(&session->agents->transfers, session->curl, on_answer, session);
  if (!asked) end_session(session, "the question could not be sent");
}

void agents_start(struct agents *agents, int count) {
  agents->session_count = agents->sessions_left = count;
  agents->latencies_ms = calloc((size_t)count, sizeof *agents->latencies_ms);
  for (int number = 0; number < count; number++) {
    struct session *session = calloc(1, sizeof *session);
    if (!session || !agents->latencies_ms) abort();
    *session =
        (struct session){.agents = agents, .curl = curl_easy_init(), .number = number, .began = uv_hrtime()};
    ask(session, "");
  }
}
