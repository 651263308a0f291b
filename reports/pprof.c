/* The stalls of a recording as a profile of pprof (github.com/google/pprof/blob/main/proto/profile.proto):
 * gzip around a protobuf message, which `pprof`, `go tool pprof` and Pyroscope read. Two values a sample:
 * stalls, and the nanoseconds that they held a loop. */
#include "base/hash.h"
#include "base/map.h"
#include "base/utf8.h"
#include "reports/formats.h"
#include "reports/stacks.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Field numbers of the messages. */
enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE, PROFILE_MAPPING, PROFILE_LOCATION, PROFILE_FUNCTION };
enum { PROFILE_STRING = 6, PROFILE_DURATION = 10, PROFILE_PERIOD_TYPE, PROFILE_PERIOD, PROFILE_COMMENT };
enum { PROFILE_DEFAULT_TYPE = 14 };
enum { VALUE_TYPE = 1, VALUE_UNIT };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_TEXT, LABEL_NUMBER, LABEL_UNIT };
enum { MAPPING_ID = 1, MAPPING_FILE = 5, MAPPING_BUILD_ID, MAPPING_HAS_FUNCTIONS };
enum { LOCATION_ID = 1, LOCATION_MAPPING, LOCATION_LINE = 4 };
enum { LINE_FUNCTION = 1, LINE_NUMBER };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_SYSTEM_NAME, FUNCTION_FILE };

typedef struct pprof {
  bs_strbuf out, message; /* the profile; one message in it */
  bs_arena arena;
  bs_map loops; /* id -> number in the document */
  bs_map texts, functions, mappings, locations; /* hash -> id, from 1; of texts from 0 */
  uint32_t ntexts, nfunctions, nmappings, nlocations;
  const report_document *document;
  const report_stall *last; /* the stall of the last sample */
} pprof;

/* ---- protobuf: a key, then a varint or a length and bytes ---- */

static void add_varint(bs_strbuf *out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) bs_strbuf_addc(out, (char)(value | 0x80));
  bs_strbuf_addc(out, (char)value);
}

static void add_number(bs_strbuf *out, unsigned field, uint64_t value) {
  add_varint(out, (uint64_t)field << 3);
  add_varint(out, value);
}

static void add_bytes(bs_strbuf *out, unsigned field, const char *bytes, size_t length) {
  add_varint(out, (uint64_t)field << 3 | 2);
  add_varint(out, length);
  bs_strbuf_add(out, bytes, length);
}

/* Puts the message that was built into the profile. */
static void end_message(pprof *p, unsigned field) {
  add_bytes(&p->out, field, p->message.text, p->message.length);
  bs_strbuf_clear(&p->message);
}

/* ---- tables ---- */

static uint64_t hash_text(const char *text) { return bs_hash(text, strlen(text)); }

/* A string of a protobuf message is UTF-8. */
static void add_utf8(bs_strbuf *out, const char *text) {
  for (size_t left = strlen(text), n; left; text += n, left -= n) {
    n = utf8_length(text, left);
    bs_strbuf_add(out, n ? text : "\xef\xbf\xbd", n ? n : 3);
    if (!n) n = 1;
  }
}

/* Strings are written when they are first used: the table's order is that of the fields in the profile. */
static uint64_t text_of(pprof *p, const char *text) {
  bool is_new;
  uint32_t number = bs_map_add(&p->texts, hash_text(text), p->ntexts, &is_new);
  if (!is_new) return number;
  p->ntexts++;
  bs_strbuf copy = BS_STRBUF_INIT;
  add_utf8(&copy, text);
  add_bytes(&p->out, PROFILE_STRING, copy.text, copy.length);
  bs_strbuf_fini(&copy);
  return number;
}

static uint32_t function_of(pprof *p, const report_frame *frame) {
  const char *name = stack_frame_name(&p->arena, frame), *file = frame->file ? frame->file : "";
  bool is_new;
  uint32_t id =
      bs_map_add(&p->functions, bs_hash_mix(hash_text(name), hash_text(file)), p->nfunctions + 1, &is_new);
  if (!is_new) return id;
  uint64_t name_text = text_of(p, name), file_text = text_of(p, file);
  add_number(&p->message, FUNCTION_ID, ++p->nfunctions);
  add_number(&p->message, FUNCTION_NAME, name_text);
  add_number(&p->message, FUNCTION_SYSTEM_NAME, name_text);
  add_number(&p->message, FUNCTION_FILE, file_text);
  end_message(p, PROFILE_FUNCTION);
  return id;
}

/* A program or library. It is said to have its names: no reader must look for its symbols. */
static uint32_t mapping_of(pprof *p, const report_frame *frame) {
  const char *module = frame->module ? frame->module : "", *build_id = frame->build_id ? frame->build_id : "";
  bool is_new;
  if (!*module) return 0;
  uint32_t id = bs_map_add(&p->mappings, hash_text(module), p->nmappings + 1, &is_new);
  if (!is_new) return id;
  uint64_t file = text_of(p, module), build = text_of(p, build_id);
  add_number(&p->message, MAPPING_ID, ++p->nmappings);
  add_number(&p->message, MAPPING_FILE, file);
  add_number(&p->message, MAPPING_BUILD_ID, build);
  for (unsigned k = 0; k < 4; k++) add_number(&p->message, MAPPING_HAS_FUNCTIONS + k, 1);
  end_message(p, PROFILE_MAPPING);
  return id;
}

static uint32_t location_of(pprof *p, const report_frame *frame) {
  uint32_t function = function_of(p, frame), mapping = mapping_of(p, frame);
  bool is_new;
  uint64_t key = bs_hash_mix(bs_map_key(function, mapping), frame->line);
  uint32_t id = bs_map_add(&p->locations, key, p->nlocations + 1, &is_new);
  if (!is_new) return id;
  bs_strbuf line = BS_STRBUF_INIT;
  add_number(&line, LINE_FUNCTION, function);
  add_number(&line, LINE_NUMBER, frame->line);
  add_number(&p->message, LOCATION_ID, ++p->nlocations);
  if (mapping) add_number(&p->message, LOCATION_MAPPING, mapping);
  add_bytes(&p->message, LOCATION_LINE, line.text, line.length);
  end_message(p, PROFILE_LOCATION);
  bs_strbuf_fini(&line);
  return id;
}

/* ---- samples ---- */

static void add_label(pprof *p, bs_strbuf *labels, const char *key, const char *value) {
  bs_strbuf label = BS_STRBUF_INIT;
  if (!value || !*value) return;
  add_number(&label, LABEL_KEY, text_of(p, key));
  add_number(&label, LABEL_TEXT, text_of(p, value));
  add_bytes(labels, SAMPLE_LABEL, label.text, label.length);
  bs_strbuf_fini(&label);
}

static void add_stack(void *context, const report_stall *stall, const report_frame *frames, uint32_t count,
                      uint64_t ns) {
  pprof *p = context;
  uint32_t loop;
  bs_strbuf labels = BS_STRBUF_INIT, ids = BS_STRBUF_INIT, values = BS_STRBUF_INIT;
  if (bs_map_find(&p->loops, stall->loop, &loop))
    add_label(p, &labels, "loop", stack_loop_name(&p->arena, &p->document->recorded_loops.items[loop]));
  add_label(p, &labels, "kind", stall->kind);
  add_label(p, &labels, "callback", stall->callback);
  add_label(p, &labels, "call", stall->api);
  add_label(p, &labels, "scope", stall->scope);
  for (uint32_t i = count; i--;) add_varint(&ids, location_of(p, &frames[i])); /* the innermost first */
  add_varint(&values, stall != p->last); /* a stall is counted with the first of its stacks */
  add_varint(&values, ns);
  p->last = stall;
  add_bytes(&p->message, SAMPLE_LOCATION, ids.text, ids.length);
  add_bytes(&p->message, SAMPLE_VALUE, values.text, values.length);
  if (labels.length) bs_strbuf_add(&p->message, labels.text, labels.length);
  end_message(p, PROFILE_SAMPLE);
  bs_strbuf_fini(&labels);
  bs_strbuf_fini(&ids);
  bs_strbuf_fini(&values);
}

static void add_value_type(pprof *p, unsigned field, const char *type, const char *unit) {
  uint64_t type_text = text_of(p, type), unit_text = text_of(p, unit);
  add_number(&p->message, VALUE_TYPE, type_text);
  add_number(&p->message, VALUE_UNIT, unit_text);
  end_message(p, field);
}

/* Whether the frame is of the program and not of a library, for which distributions install sources' names
 * too: it is the program's first function, or its source lies in the project. */
static bool is_of_program(const report_frame *frame) {
  bool starts = !strcmp(frame->function, "main") || !strcmp(frame->function, "_start");
  return starts || (frame->file && *frame->file != '/' && strncmp(frame->file, "../", 3) &&
                    strncmp(frame->file, "./", 2));
}

/* The first mapping is the profile's program. */
static void add_program(pprof *p) {
  for (uint32_t i = 0; i < p->document->stalls.count; i++) {
    const report_stall *stall = &p->document->stalls.items[i];
    for (uint32_t k = 0; k < stall->samples.count; k++)
      for (uint32_t f = 0; f < stall->samples.items[k].stack.count; f++) {
        const report_frame *frame = &stall->samples.items[k].stack.items[f];
        if (is_of_program(frame) && mapping_of(p, frame)) return;
      }
  }
}

static void fill(pprof *p) {
  const report_document *d = p->document;
  text_of(p, ""); /* the first string is empty */
  add_value_type(p, PROFILE_SAMPLE_TYPE, "stalls", "count");
  add_value_type(p, PROFILE_SAMPLE_TYPE, "stalled", "nanoseconds");
  for (uint32_t i = 0; i < d->recorded_loops.count; i++)
    bs_map_add(&p->loops, d->recorded_loops.items[i].id, i, NULL);
  add_program(p);
  stacks_visit(d, add_stack, p);
  add_value_type(p, PROFILE_PERIOD_TYPE, "stalled", "nanoseconds");
  add_number(&p->out, PROFILE_DURATION, d->recorded_ns);
  add_number(&p->out, PROFILE_PERIOD, 1);
  add_number(&p->out, PROFILE_DEFAULT_TYPE, text_of(p, "stalled"));
  for (uint32_t i = 0; i < d->incomplete.count; i++) {
    const char *text = bs_arena_printf(&p->arena, "incomplete: %s", d->incomplete.items[i].text);
    uint64_t comment = text_of(p, text);
    add_number(&p->out, PROFILE_COMMENT, comment);
  }
}

/* Memory that does not fail. */
static void *allocate(void *unused, unsigned count, unsigned size) {
  (void)unused;
  return bs_calloc(count, size);
}

static void release(void *unused, void *memory) {
  (void)unused;
  free(memory);
}

/* Without a name and a time in its header: the same profile gives the same bytes. */
static void add_gzip(bs_strbuf *out, const bs_strbuf *bytes) {
  enum { GZIP = 15 + 16, CHUNK = 1 << 16 };
  z_stream z = {.zalloc = allocate, .zfree = release};
  char *chunk = bs_calloc(CHUNK, 1);
  int state = deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP, 9, Z_DEFAULT_STRATEGY);
  z.next_in = (Bytef *)bytes->text;
  z.avail_in = (uInt)bytes->length;
  while (state == Z_OK) {
    z.next_out = (Bytef *)chunk;
    z.avail_out = CHUNK;
    state = deflate(&z, Z_FINISH);
    bs_strbuf_add(out, chunk, CHUNK - z.avail_out);
  }
  deflateEnd(&z);
  free(chunk);
}

void report_write_pprof(const report_document *document, const report_options *options, bs_strbuf *out) {
  (void)options;
  pprof p = {.out = BS_STRBUF_INIT, .message = BS_STRBUF_INIT, .document = document};
  fill(&p);
  add_gzip(out, &p.out);
  bs_strbuf_fini(&p.out);
  bs_strbuf_fini(&p.message);
  bs_map_fini(&p.loops);
  bs_map_fini(&p.texts);
  bs_map_fini(&p.functions);
  bs_map_fini(&p.mappings);
  bs_map_fini(&p.locations);
  bs_arena_fini(&p.arena);
}
