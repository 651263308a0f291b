/* Code objects: whose function it is, in which file, and the line of an instruction. */
#include "runtime-check/python/interpreter.h"

enum { TEXT_MAX = 4096, TABLE_MAX = 1 << 20, CODE_BYTES = 256, CODES_MAX = 1 << 16 };

static void code_fini(python_code *c) {
  free(c->function);
  free(c->file);
  free(c->table);
  *c = (python_code){0};
}

void python_codes_fini(python *p) {
  for (uint32_t i = 0; i < p->codes.count; i++) code_fini(&p->codes.items[i]);
  p->codes.count = 0;
}

static void add_character(bs_strbuf *out, uint32_t c) {
  if (c < 0x20 || c == 0x7f || (c >= 0xd800 && c < 0xe000) || c > 0x10ffff) c = '?';
  char bytes[4];
  size_t n = 1;
  if (c < 0x80) {
    bytes[0] = (char)c;
  } else if (c < 0x800) {
    bytes[0] = (char)(0xc0 | c >> 6), bytes[1] = (char)(0x80 | (c & 63)), n = 2;
  } else if (c < 0x10000) {
    bytes[0] = (char)(0xe0 | c >> 12), bytes[1] = (char)(0x80 | (c >> 6 & 63)),
    bytes[2] = (char)(0x80 | (c & 63)), n = 3;
  } else {
    bytes[0] = (char)(0xf0 | c >> 18), bytes[1] = (char)(0x80 | (c >> 12 & 63)),
    bytes[2] = (char)(0x80 | (c >> 6 & 63)), bytes[3] = (char)(0x80 | (c & 63)), n = 4;
  }
  bs_strbuf_add(out, bytes, n);
}

char *python_text(const python *p, uint64_t object) {
  const python_layout *l = &p->layout;
  uint64_t length;
  uint32_t state;
  if (!python_read_word(p, object + l->text_length, &length) || length > TEXT_MAX) return NULL;
  if (!python_read(p, object + l->text_state, &state, sizeof state)) return NULL;
  unsigned bits = state >> (l->wide_state ? 8 : 2), kind = bits & 7;
  bool compact = bits >> 3 & 1, ascii = bits >> 4 & 1;
  if (!compact || (kind != 1 && kind != 2 && kind != 4)) return NULL;
  char *bytes = bs_malloc(length * kind + 1);
  bs_strbuf text = BS_STRBUF_INIT;
  bool good = !length || python_read(p, object + (ascii ? l->ascii : l->text), bytes, length * kind);
  for (uint64_t i = 0; good && i < length; i++) {
    uint32_t c = 0;
    memcpy(&c, bytes + i * kind, kind);
    add_character(&text, c);
  }
  free(bytes);
  if (good) return bs_strbuf_take(&text);
  bs_strbuf_fini(&text);
  return NULL;
}

static unsigned char *read_table(const python *p, uint64_t object, size_t *out) {
  uint64_t length;
  if (!python_read_word(p, object + p->layout.bytes_length, &length) || length > TABLE_MAX) return NULL;
  unsigned char *bytes = bs_malloc(length + 1);
  if (!length || python_read(p, object + p->layout.bytes, bytes, length)) {
    *out = length;
    return bytes;
  }
  free(bytes);
  return NULL;
}

static uint64_t member(const char *bytes, uint32_t offset) {
  uint64_t value = 0;
  if (offset + sizeof value <= CODE_BYTES) memcpy(&value, bytes + offset, sizeof value);
  return value;
}

/* What tells one code object from another at the same address. */
static bool read_words(const python *p, uint64_t code, uint64_t *words) {
  const python_layout *l = &p->layout;
  char bytes[CODE_BYTES] = {0};
  if (!python_read(p, code, bytes, l->table + sizeof(uint64_t))) return false;
  words[0] = member(bytes, l->file);
  words[1] = member(bytes, l->name);
  words[2] = member(bytes, l->qualified);
  words[3] = member(bytes, l->table);
  words[4] = (uint32_t)member(bytes, l->first_line);
  return true;
}

static void read_code(const python *p, const uint64_t *words, python_code *out) {
  memcpy(out->words, words, sizeof out->words);
  out->file = python_text(p, words[0]);
  out->function = words[2] ? python_text(p, words[2]) : NULL;
  if (!out->function) out->function = python_text(p, words[1]);
  out->table = read_table(p, words[3], &out->length);
}

static const python_code *code_at(python *p, uint64_t address) {
  uint64_t words[5];
  uint32_t index;
  if (p->layout.table + sizeof(uint64_t) > CODE_BYTES || !read_words(p, address, words)) return NULL;
  if (bs_map_find(&p->code_of, address, &index)) {
    python_code *known = &p->codes.items[index];
    if (memcmp(known->words, words, sizeof words) == 0) return known;
    code_fini(known);
  } else {
    if (p->codes.count == CODES_MAX) { /* a program that makes code for ever */
      python_codes_fini(p);
      bs_map_fini(&p->code_of);
      p->code_of = (bs_map){0};
    }
    index = p->codes.count;
    bs_map_add(&p->code_of, address, index, NULL);
    bs_vec_push(&p->codes);
  }
  read_code(p, words, &p->codes.items[index]);
  return &p->codes.items[index];
}

/* Bytes from the first instruction of the code. */
static uint64_t offset_of(const python_layout *l, const python_frame *frame) {
  if (l->instruction_size) return frame->at;
  uint64_t first = frame->code + l->instructions;
  return frame->at > first ? frame->at - first : 0;
}

uint64_t python_place_of(python *p, const python_frame *frame, python_places *places) {
  const python_code *c = code_at(p, frame->code);
  if (!c || !c->file || !*c->file || !c->function || !*c->function) return 0;
  const python_place place = {
      .function = c->function,
      .file = c->file,
      .line = c->table ? python_line_of(p->layout.lines, (int)c->words[4], c->table, c->length,
                                        offset_of(&p->layout, frame))
                       : 0,
  };
  return python_places_add(places, &place);
}
