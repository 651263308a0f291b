/* `blockscan record -- PROGRAM`: runs a program, writes down the stalls of its event loops, and says what it
 * saw. */
#include "cli/record.h"
#include "base/visible.h"
#include "reports/formats.h"
#include "runtime-check/attach/attach.h"
#include "runtime-check/collect/clock.h"
#include "runtime-check/collect/metrics.h"
#include "runtime-check/collect/secrets.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOCKED_MS = 500 /* until a locked file is told of */ };

/* How the program failed by its own account, or NULL. */
static const char *exit_text(bs_arena *arena, int status) {
  if (WIFSIGNALED(status))
    return bs_arena_printf(arena, "ended by signal %d, %s", WTERMSIG(status), strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status) ? bs_arena_printf(arena, "exit code %d", WEXITSTATUS(status)) : NULL;
}

/* What the document says of this run, beside what was recorded. */
static void tell_run(report_document *document, const bound_list *bounds, record_options *o, int status) {
  document->run = (report_run){.program = o->command[0],
                               .file = o->recording.file,
                               .failure = exit_text(&o->arena, status),
                               .fail_over_ns = o->recording.fail_over_ns};
  for (uint32_t i = 0; i < bounds->count; i++) {
    const bound *c = &bounds->items[i];
    *bs_vec_push(&document->run.bounds) = (report_bound){c->name, c->text, c->passed};
  }
}

static int write_outputs(report_document *document, record_options *o) {
  bool on_stdout = false;
  for (uint32_t i = 0; i < o->report.outputs.count; i++) on_stdout |= !o->report.outputs.items[i].file;
  int code = o->report.outputs.count ? cli_write_reports(document, &o->report) : 0;
  if (o->quiet || on_stdout) return code;
  const report_options how = {.color = cli_use_color(o->report.color, STDERR_FILENO)};
  bs_strbuf text = BS_STRBUF_INIT;
  report_write_text(document, &how, &text);
  visible_fit_locale(&text, isatty(STDERR_FILENO));
  fputs(text.text, stderr);
  bs_strbuf_fini(&text);
  return code;
}

/* From here on, a signal ends the recorder at once; those that came while the program ran were its. */
static void restore_signals(recording *r, int signals) {
  struct signalfd_siginfo info;
  while (read(signals, &info, sizeof info) > 0) {
  }
  close(signals);
  sigprocmask(SIG_SETMASK, &r->mask, NULL);
}

static void say_loss(void *unused, const char *sentence) {
  (void)unused;
  visible_say("%s", sentence);
}

static int tell(recording *r, const record_knowledge *knowledge, record_options *o, int status) {
  account v;
  record_report report;
  bound_list bounds = {0};
  int code = 0;
  record_report_init(&report);
  account_init(&v, r);
  if (!store_begin(r->store, LOCKED_MS) && !store_error(r->store))
    visible_say("%s is locked by another process: waiting", o->recording.file);
  recording_store(r, &v);
  bounds_make(&v, &bounds);
  if (o->quiet) recording_losses(r, say_loss, NULL); /* else the report has them */
  if (!o->quiet || o->report.outputs.count) {
    record_report_make(&report, knowledge, r, &v);
    tell_run(&report.document, &bounds, o, status);
    code = write_outputs(&report.document, o);
  }
  if (!code && !bounds_pass(&bounds)) code = EXIT_FINDINGS;
  if (!code) code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  record_report_fini(&report); /* its texts are the account's */
  bounds_free(&bounds);
  account_fini(&v);
  return code;
}

/* When the recording began, by the wall clock. */
static int64_t wall_clock_of(const recording *r) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec - (int64_t)(clock_now() - r->began);
}

/* With its session, so that what comes has one. */
static bool begin_file(recording *r, record_options *o, bs_error *error) {
  const char *const *command = (const char *const *)o->command;
  r->store = store_create(o->recording.file, error);
  if (!r->store) return false;
  if (!o->keep_arguments) command = secrets_hide(&o->arena, command);
  r->options.command = command;
  r->session = store_session(r->store, command, wall_clock_of(r), o->recording.threshold_ns);
  store_flush(r->store);
  return !store_error(r->store) || bs_error_set(error, "cannot begin a recording: %s", store_error(r->store));
}

typedef struct summary_to {
  const record_knowledge *knowledge;
  record_options *options;
} summary_to;

/* SIGUSR1: the report of what there is, while the recording goes on. What is judged now is judged again
 * later. */
static void write_summary(recording *r, void *to) {
  const summary_to *s = to;
  BS_VEC(bool) dropped = {0};
  account v;
  record_report report;
  const report_options how = {.color = cli_use_color(s->options->report.color, STDERR_FILENO)};
  bs_strbuf text = BS_STRBUF_INIT;
  for (uint32_t i = 0; i < r->stalls.count; i++) *bs_vec_push(&dropped) = r->stalls.items[i].dropped;
  r->ended = clock_now();
  record_report_init(&report);
  account_init(&v, r);
  record_report_so_far(&report, s->knowledge, &v);
  report_write_text(&report.document, &how, &text);
  visible_fit_locale(&text, isatty(STDERR_FILENO));
  fputs(text.text, stderr);
  record_report_fini(&report);
  account_fini(&v);
  for (uint32_t i = 0; i < r->stalls.count; i++) r->stalls.items[i].dropped = dropped.items[i];
  bs_vec_fini(&dropped);
  bs_strbuf_fini(&text);
}

/* What goes on beside a recording. */
static bool begin_services(recording *r, record_options *o, summary_to *summary, bs_error *error) {
  if (!strcmp(o->on_usr1, "summary")) {
    r->options.summary = write_summary;
    r->options.summary_to = summary;
  }
  if (!o->recording.metrics) return true;
  r->metrics = metrics_new(o->recording.metrics, error);
  return r->metrics;
}

/* The command line of a running program, as NUL-terminated words that live as long as the options. */
static char **command_of(record_options *o, pid_t pid) {
  char path[32];
  bs_strbuf text = BS_STRBUF_INIT;
  BS_VEC(char *) words = {0};
  snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
  if (bs_strbuf_read_file(&text, path) != 0) bs_strbuf_clear(&text);
  for (size_t at = 0; at < text.length; at += strlen(text.text + at) + 1)
    *bs_vec_push(&words) = bs_arena_strdup(&o->arena, text.text + at);
  if (!words.count) *bs_vec_push(&words) = bs_arena_printf(&o->arena, "%d", (int)pid);
  *bs_vec_push(&words) = NULL;
  char **kept = bs_arena_alloc(&o->arena, words.count * sizeof *kept);
  memcpy(kept, words.items, words.count * sizeof *kept);
  bs_vec_fini(&words);
  bs_strbuf_fini(&text);
  return kept;
}

/* Starts a program and watches it, or watches one that runs already, which stays as it is and goes on. */
static int record(record_options *o, bs_error *error) {
  recording r = {.offers = -1, .handed_down = -1, .control = -1};
  record_knowledge knowledge = {0};
  summary_to summary = {&knowledge, o};
  int code = EXIT_ERROR, signals = -1, status = 0;
  bool starts = o->command;
  if (!clock_check(error) || !record_knowledge_open(&knowledge, o, error) ||
      !recording_init(&r, &o->recording, error))
    goto out;
  if (!starts) {
    r.period_ns = o->period_ns;
    if (!attach_find(&r, o->pid, o->comm, error)) goto out;
    o->command = command_of(o, r.program);
  }
  if (!begin_file(&r, o, error) || !begin_services(&r, o, &summary, error)) goto out;
  signals = launch_signals(&r, error);
  if (signals < 0 || (starts && !launch_start(&r, o->command, error))) goto out;
  if (starts)
    status = watch(&r, signals);
  else
    attach_watch(&r, signals);
  restore_signals(&r, signals);
  code = tell(&r, &knowledge, o, status);
out:
  metrics_free(r.metrics);
  if (r.store) store_close(r.store);
  recording_fini(&r);
  record_knowledge_close(&knowledge);
  return code;
}

static int run(int argc, char **argv) {
  record_options o = {.recording = {.file = "stalls.db", .follow = true, .tell = record_tell}};
  bs_error error = BS_ERROR_INIT;
  int code = EXIT_ERROR;
  cli_report_init(&o.report);
  analysis_options_init(&o.analysis);
  if (cli_parse(&record_argp, argc, argv, ARGP_IN_ORDER, &o)) {
    code = o.attach ? record_attached(&o) : record(&o, &error);
    if (bs_error_is_set(&error)) cli_fail(&error);
  }
  cli_report_fini(&o.report);
  analysis_options_fini(&o.analysis);
  bs_vec_fini(&o.recording.budgets);
  bs_arena_fini(&o.arena);
  bs_error_fini(&error);
  return code;
}

const cli_verb cli_verb_record = {
    .name = "record",
    .group = "Running programs",
    .summary = "run a program and write down each stall of its event loops",
    .argp = &record_argp,
    .run = run,
};
