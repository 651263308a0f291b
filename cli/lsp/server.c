/* A state machine: messages in, messages out, and the wish for a scan; its host does the rest. */
#include "cli/lsp/server.h"

#include "base/path.h"
#include "base/uri.h"
#include "cli/lsp/answers.h"
#include "cli/lsp/lenses.h"
#include "reports/model/completeness.h"
#include "version.h"

#include <stdlib.h>
#include <string.h>

/* Of JSON-RPC 2.0 and of the protocol. */
enum { PARSE_ERROR = -32700, INVALID_REQUEST = -32600, METHOD_NOT_FOUND = -32601, NOT_INITIALIZED = -32002 };

typedef struct open_document {
  char *uri;
  char *text;
} open_document;

enum phase { BEFORE, RUNNING, SHUT_DOWN, ENDED };

struct lsp_server {
  lsp_host host;
  enum phase phase;
  bool was_shut_down;
  char *root; /* absolute */
  char *lens_command; /* the client's own that shows a list of places, or NULL */
  bool refreshes_lenses; /* the client asks again when it is told to */
  unsigned requests; /* of the server to the client, so far */
  report_document document;
  char *told; /* the gaps of the last report, as they were shown; or NULL */
  bs_arena names; /* of the published files */
  BS_VEC(const char *) published; /* files that have diagnostics in the editor, as the report names them */
  BS_VEC(open_document) open;
};

static void send(const lsp_server *s, json_t *message) {
  char *text = message ? json_dumps(message, JSON_COMPACT) : NULL;
  if (text) s->host.send(s->host.context, text, strlen(text));
  free(text);
  json_decref(message);
}

static void notify(const lsp_server *s, const char *method, json_t *params) {
  send(s, json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params));
}

/* Takes the result; NULL is null. */
static void answer(const lsp_server *s, json_t *id, json_t *result) {
  send(s, json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result ? result : json_null()));
}

static void refuse(const lsp_server *s, json_t *id, int code, const char *text) {
  json_t *error = json_pack("{s:i, s:s}", "code", code, "message", text);
  send(s, json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id ? json_incref(id) : json_null(), "error",
                    error));
}

static const char *text_at(const json_t *object, const char *first, const char *second) {
  const json_t *value = json_object_get(object, first);
  if (second) value = json_object_get(value, second);
  return json_string_value(value);
}

/* The workspace: its first folder, else the root, else where the server was started. */
static void set_root(lsp_server *s, const json_t *params) {
  bs_arena arena = {0};
  const char *uri = text_at(json_array_get(json_object_get(params, "workspaceFolders"), 0), "uri", NULL);
  if (!uri) uri = text_at(params, "rootUri", NULL);
  const char *path = uri ? uri_to_path(&arena, uri) : text_at(params, "rootPath", NULL);
  const char *folder = bs_path_cwd(&arena);
  s->root = bs_strdup(path ? bs_path_normalise(&arena, folder, path) : folder);
  bs_arena_fini(&arena);
}

/* What a client says that can show the places behind a lens: {"lensCommand": "its.command"}. */
static void set_lenses(lsp_server *s, const json_t *params) {
  const char *command = text_at(params, "initializationOptions", "lensCommand");
  if (command) s->lens_command = bs_strdup(command);
  const json_t *workspace = json_object_get(json_object_get(params, "capabilities"), "workspace");
  s->refreshes_lenses =
      json_is_true(json_object_get(json_object_get(workspace, "codeLens"), "refreshSupport"));
}

static void on_initialize(lsp_server *s, json_t *id, const json_t *params) {
  if (s->phase != BEFORE) {
    refuse(s, id, INVALID_REQUEST, "initialized already");
    return;
  }
  set_root(s, params);
  set_lenses(s, params);
  s->phase = RUNNING;
  json_t *sync = json_pack("{s:b, s:i, s:b}", "openClose", 1, "change", 1, "save", 1);
  json_t *capabilities = json_pack("{s:s, s:o, s:b, s:{s:[s]}, s:{s:b}}", "positionEncoding", "utf-16",
                                   "textDocumentSync", sync, "hoverProvider", 1, "codeActionProvider",
                                   "codeActionKinds", "quickfix", "codeLensProvider", "resolveProvider", 0);
  answer(s, id,
         json_pack("{s:o, s:{s:s, s:s}}", "capabilities", capabilities, "serverInfo", "name", "blockscan",
                   "version", BLOCKSCAN_VERSION));
}

static void on_shutdown(lsp_server *s, json_t *id, const json_t *params) {
  (void)params;
  s->phase = SHUT_DOWN;
  answer(s, id, NULL);
}

static open_document *find_open(lsp_server *s, const char *uri) {
  for (uint32_t i = 0; uri && i < s->open.count; i++)
    if (!strcmp(s->open.items[i].uri, uri)) return &s->open.items[i];
  return NULL;
}

static void close_document(lsp_server *s, open_document *document) {
  free(document->uri);
  free(document->text);
  *document = s->open.items[--s->open.count];
}

static void set_text(lsp_server *s, const char *uri, const char *text) {
  if (!uri || !text) return;
  open_document *document = find_open(s, uri);
  if (!document) {
    document = bs_vec_push(&s->open);
    document->uri = bs_strdup(uri);
  }
  free(document->text);
  document->text = bs_strdup(text);
}

static void on_open(lsp_server *s, const json_t *params) {
  set_text(s, text_at(params, "textDocument", "uri"), text_at(params, "textDocument", "text"));
}

/* Each change is the whole text: that is what was asked for. */
static void on_change(lsp_server *s, const json_t *params) {
  const json_t *changes = json_object_get(params, "contentChanges");
  size_t count = json_array_size(changes);
  if (count)
    set_text(s, text_at(params, "textDocument", "uri"),
             text_at(json_array_get(changes, count - 1), "text", NULL));
}

static void on_close(lsp_server *s, const json_t *params) {
  open_document *document = find_open(s, text_at(params, "textDocument", "uri"));
  if (document) close_document(s, document);
}

static void on_scan(lsp_server *s, const json_t *params) {
  (void)params;
  s->host.scan(s->host.context, s->root);
}

static void on_end(lsp_server *s, const json_t *params) {
  (void)params;
  s->was_shut_down = s->phase == SHUT_DOWN;
  s->phase = ENDED;
}

/* The report's name for the file of a document; NULL for another kind of document. In the arena. */
static const char *file_of(const lsp_server *s, bs_arena *arena, const char *uri) {
  const char *path = uri ? uri_to_path(arena, uri) : NULL;
  return path ? bs_path_relative(s->root, bs_path_normalise(arena, "/", path)) : NULL;
}

static void on_hover(lsp_server *s, json_t *id, const json_t *params) {
  bs_arena arena = {0};
  json_int_t line = -1;
  const char *file = file_of(s, &arena, text_at(params, "textDocument", "uri"));
  json_unpack((json_t *)params, "{s:{s:I}}", "position", "line", &line);
  lsp_view view = {&s->document, NULL};
  bool known = file && line >= 0 && line < INT32_MAX;
  answer(s, id, known ? lsp_hover(&view, file, (unsigned)line + 1) : NULL);
  bs_arena_fini(&arena);
}

static void on_code_lens(lsp_server *s, json_t *id, const json_t *params) {
  bs_arena arena = {0};
  const char *file = file_of(s, &arena, text_at(params, "textDocument", "uri"));
  lsp_view view = {&s->document, NULL};
  answer(s, id, file ? lsp_lenses(&view, file, s->lens_command) : json_array());
  bs_arena_fini(&arena);
}

static const char *document_text(lsp_server *s, bs_arena *arena, const char *uri) {
  const open_document *document = find_open(s, uri);
  if (document) return document->text;
  const char *path = uri_to_path(arena, uri);
  bs_strbuf text = BS_STRBUF_INIT;
  if (path) bs_strbuf_read_file(&text, path);
  const char *copy = bs_arena_strndup(arena, text.text, text.length);
  bs_strbuf_fini(&text);
  return copy;
}

/* A suppression for each of our own diagnostics that the client has at the cursor. */
static void on_code_action(lsp_server *s, json_t *id, const json_t *params) {
  bs_arena arena = {0};
  json_t *actions = json_array(), *diagnostic;
  const char *uri = text_at(params, "textDocument", "uri");
  const char *text = uri ? document_text(s, &arena, uri) : "";
  size_t i;
  json_array_foreach(json_object_get(json_object_get(params, "context"), "diagnostics"), i, diagnostic) {
    const char *source = text_at(diagnostic, "source", NULL), *code = text_at(diagnostic, "code", NULL);
    json_int_t line = -1;
    json_unpack(diagnostic, "{s:{s:{s:I}}}", "range", "start", "line", &line);
    if (!uri || !source || !code || strcmp(source, "blockscan") != 0 || line < 0 || line >= INT32_MAX)
      continue;
    json_array_append_new(actions,
                          lsp_suppression(uri, code, (unsigned)line, text, strlen(text), diagnostic));
  }
  answer(s, id, actions);
  bs_arena_fini(&arena);
}

static const struct request {
  const char *method;
  void (*run)(lsp_server *s, json_t *id, const json_t *params);
} requests[] = {
    {"initialize", on_initialize},           {"shutdown", on_shutdown},
    {"textDocument/hover", on_hover},        {"textDocument/codeAction", on_code_action},
    {"textDocument/codeLens", on_code_lens},
};

static const struct notification {
  const char *method;
  void (*run)(lsp_server *s, const json_t *params);
} notifications[] = {
    {"initialized", on_scan},
    {"textDocument/didOpen", on_open},
    {"textDocument/didChange", on_change},
    {"textDocument/didSave", on_scan},
    {"textDocument/didClose", on_close},
    {"workspace/didChangeWatchedFiles", on_scan},
    {"exit", on_end},
};

static void handle_request(lsp_server *s, const char *method, json_t *id, const json_t *params) {
  if (s->phase == BEFORE && strcmp(method, "initialize") != 0) {
    refuse(s, id, NOT_INITIALIZED, "initialize comes first");
    return;
  }
  if (s->phase == SHUT_DOWN) {
    refuse(s, id, INVALID_REQUEST, "after shutdown only exit may follow");
    return;
  }
  for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
    if (strcmp(requests[i].method, method) != 0) continue;
    requests[i].run(s, id, params);
    return;
  }
  refuse(s, id, METHOD_NOT_FOUND, "this server has no such method");
}

/* Those that are not known are to be left alone; before initialize and after shutdown only exit counts. */
static void handle_notification(lsp_server *s, const char *method, const json_t *params) {
  for (size_t i = 0; i < sizeof notifications / sizeof *notifications; i++) {
    if (strcmp(notifications[i].method, method) != 0) continue;
    if (s->phase == RUNNING || notifications[i].run == on_end) notifications[i].run(s, params);
    return;
  }
}

void lsp_server_handle(lsp_server *s, const char *message, size_t length) {
  if (s->phase == ENDED) return;
  json_t *root = json_loadb(message, length, JSON_REJECT_DUPLICATES, NULL);
  json_t *id = json_object_get(root, "id");
  const char *method = text_at(root, "method", NULL);
  bool is_answer = !method && (json_object_get(root, "result") || json_object_get(root, "error"));
  if (!root)
    refuse(s, NULL, PARSE_ERROR, "not JSON");
  else if (!json_is_object(root) || (!method && !is_answer))
    refuse(s, id, INVALID_REQUEST, "a message is an object with a method");
  else if (method && id)
    handle_request(s, method, id, json_object_get(root, "params"));
  else if (method)
    handle_notification(s, method, json_object_get(root, "params"));
  json_decref(root);
}

void lsp_server_broken(lsp_server *s) { refuse(s, NULL, PARSE_ERROR, "no Content-Length header"); }

static void publish(lsp_server *s, const char *file, json_t *diagnostics) {
  bs_arena arena = {0};
  const char *path = bs_path_normalise(&arena, s->root, file);
  notify(s, "textDocument/publishDiagnostics",
         json_pack("{s:s, s:o}", "uri", uri_of_path(&arena, path), "diagnostics", diagnostics));
  bs_arena_fini(&arena);
}

static bool has_published(const lsp_server *s, const char *file) {
  for (uint32_t i = 0; i < s->published.count; i++)
    if (!strcmp(s->published.items[i], file)) return true;
  return false;
}

static json_t *diagnostics_of(const lsp_view *view, const char *file) {
  json_t *list = json_array();
  for (uint32_t i = 0; i < view->document->broken_units.count; i++) {
    const report_broken_unit *unit = &view->document->broken_units.items[i];
    if (!strcmp(unit->file, file)) json_array_append_new(list, lsp_broken_diagnostic(view, unit));
  }
  for (uint32_t i = 0; i < view->document->findings.count; i++) {
    const report_finding *f = &view->document->findings.items[i];
    if (lsp_shows(f) && !strcmp(f->sink.file, file)) json_array_append_new(list, lsp_diagnostic(view, f));
  }
  return list;
}

static void will_publish(lsp_server *s, const char *file) {
  if (!has_published(s, file)) *bs_vec_push(&s->published) = bs_arena_strdup(&s->names, file);
}

/* What the report lacks is said when it is not what was said last: a clean file must not look checked. */
static void tell_gaps(lsp_server *s) {
  enum { WARNING_MESSAGE = 2 };
  bs_strbuf text = BS_STRBUF_INIT;
  report_tell_gaps(&s->document, &text);
  if (text.length && text.text[text.length - 1] == '\n') text.text[--text.length] = 0;
  if (text.length && (!s->told || strcmp(s->told, text.text) != 0))
    notify(s, "window/showMessage", json_pack("{s:i, s:s}", "type", WARNING_MESSAGE, "message", text.text));
  free(s->told);
  s->told = bs_strbuf_take(&text);
}

/* The answer says nothing. */
static void refresh_lenses(lsp_server *s) {
  send(s, json_pack("{s:s, s:i, s:s}", "jsonrpc", "2.0", "id", (int)++s->requests, "method",
                    "workspace/codeLens/refresh"));
}

/* Files of the last report are published again, too: those without findings now are cleared in the editor. */
void lsp_server_take_report(lsp_server *s, report_document *document) {
  report_document_fini(&s->document);
  s->document = *document;
  report_document_init(document);
  s->document.root_path = s->root;
  sources files;
  sources_init(&files, s->root);
  lsp_view view = {&s->document, &files};
  for (uint32_t i = 0; i < s->document.findings.count; i++) {
    const report_finding *f = &s->document.findings.items[i];
    if (lsp_shows(f)) will_publish(s, f->sink.file);
  }
  for (uint32_t i = 0; i < s->document.broken_units.count; i++)
    will_publish(s, s->document.broken_units.items[i].file);
  tell_gaps(s);
  for (uint32_t i = 0; i < s->published.count; i++)
    publish(s, s->published.items[i], diagnostics_of(&view, s->published.items[i]));
  sources_fini(&files);
  if (s->refreshes_lenses) refresh_lenses(s);
}

void lsp_server_tell(lsp_server *s, const char *sentence) {
  enum { ERROR_MESSAGE = 1 };
  notify(s, "window/showMessage", json_pack("{s:i, s:s}", "type", ERROR_MESSAGE, "message", sentence));
}

bool lsp_server_has_ended(const lsp_server *s, int *code) {
  *code = s->was_shut_down ? 0 : 1;
  return s->phase == ENDED;
}

lsp_server *lsp_server_new(const lsp_host *host) {
  lsp_server *s = bs_calloc(1, sizeof *s);
  s->host = *host;
  report_document_init(&s->document);
  return s;
}

void lsp_server_free(lsp_server *s) {
  if (!s) return;
  while (s->open.count) close_document(s, &s->open.items[0]);
  bs_vec_fini(&s->open);
  bs_vec_fini(&s->published);
  bs_arena_fini(&s->names);
  report_document_fini(&s->document);
  free(s->told);
  free(s->lens_command);
  free(s->root);
  free(s);
}
