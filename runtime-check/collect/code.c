/* Where a function can go from one of its places, by decoding its instructions: their lengths and where
 * their jumps lead. The maps of opcodes are those of Intel's Software Developer's Manual, volume 2, appendix
 * A.
 *
 * It tells what a loop's function does in the loop from what it does behind it: from there no way leads back
 * to the wait. */
#include "runtime-check/collect/code.h"

#include "runtime-check/collect/tracee.h"

#include <string.h>

enum {
  LONGEST = 15, /* bytes of an instruction */
  MOST = 1 << 16, /* instructions looked at */
};

typedef struct decoder {
  const uint8_t *bytes;
  size_t count, at;
  bool wide, word, narrow; /* REX.W, the prefixes 66 and 67 */
} decoder;

static uint8_t next_byte(decoder *d) {
  uint8_t byte = d->at < d->count ? d->bytes[d->at] : 0;
  d->at++;
  return byte;
}

static bool is_prefix(uint8_t byte) {
  static const uint8_t prefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
  return memchr(prefixes, byte, sizeof prefixes) != NULL;
}

/* The byte behind the opcode and what it asks for; its middle field tells those of one opcode apart. */
static unsigned skip_operand(decoder *d) {
  uint8_t modrm = next_byte(d), mod = modrm >> 6, rm = modrm & 7, base = rm;
  if (mod != 3 && rm == 4) base = next_byte(d) & 7;
  if (mod == 1) d->at += 1;
  if (mod == 2 || (mod == 0 && base == 5)) d->at += 4;
  return modrm >> 3 & 7;
}

static int64_t relative(const decoder *d, unsigned size) {
  int8_t near;
  int32_t far;
  if (d->at + size > d->count) return 0;
  if (size == 1) return memcpy(&near, d->bytes + d->at, 1), near;
  return memcpy(&far, d->bytes + d->at, 4), far;
}

static code_instruction jump(decoder *d, uint64_t address, enum code_flow flow, unsigned size) {
  int64_t by = relative(d, size);
  d->at += size;
  return (code_instruction){.flow = flow, .to = address + d->at + (uint64_t)by};
}

static code_instruction plain(enum code_flow flow) { return (code_instruction){.flow = flow}; }

static bool is_in(uint8_t opcode, const char *ranges) {
  for (; ranges[0] || ranges[1]; ranges += 2)
    if ((uint8_t)ranges[0] <= opcode && opcode <= (uint8_t)ranges[1]) return true;
  return false;
}

/* Opcodes behind 0f, and those of VEX and EVEX in the same map. */
static code_instruction decode_0f(decoder *d, uint8_t opcode, uint64_t address, bool is_vector) {
  static const char alone[] = "\x05\x09\x0b\x0b\x0e\x0e\x30\x37\x77\x77\xa0\xa2\xa8\xaa\xc8\xcf\0",
                    with_byte[] = "\x0f\x0f\x70\x73\xa4\xa4\xac\xac\xba\xba\xc2\xc2\xc4\xc6\0";
  if (!is_vector && opcode >= 0x80 && opcode <= 0x8f) return jump(d, address, CODE_BRANCH, 4);
  if (is_in(opcode, alone) && (!is_vector || opcode == 0x77))
    return plain(opcode == 0x0b ? CODE_ENDS : CODE_NEXT);
  skip_operand(d);
  if (is_in(opcode, with_byte)) d->at++;
  return plain(CODE_NEXT);
}

/* `map`: 1 behind 0f, 2 behind 0f 38, 3 behind 0f 3a. */
static code_instruction decode_map(decoder *d, unsigned map, uint64_t address, bool is_vector) {
  uint8_t opcode = next_byte(d);
  if (map == 1) return decode_0f(d, opcode, address, is_vector);
  skip_operand(d);
  if (map == 3) d->at++;
  return plain(CODE_NEXT);
}

static unsigned immediate(const decoder *d) { return d->word ? 2 : 4; }

static code_instruction decode_group(decoder *d, uint8_t opcode) {
  unsigned which = skip_operand(d);
  if (opcode == 0xf6 && which < 2) d->at += 1;
  if (opcode == 0xf7 && which < 2) d->at += immediate(d);
  return plain(opcode == 0xff && (which == 4 || which == 5) ? CODE_SOMEWHERE : CODE_NEXT);
}

static code_instruction decode_arithmetic(decoder *d, uint8_t opcode) {
  unsigned form = opcode & 7;
  if (form < 4) skip_operand(d);
  if (form == 4) d->at += 1;
  if (form == 5) d->at += immediate(d);
  return plain(form < 6 ? CODE_NEXT : CODE_INVALID);
}

/* An operand, bytes behind it, or neither: what no other function knows. */
static code_instruction decode_other(decoder *d, uint8_t opcode) {
  static const char operand[] = "\x63\x63\x69\x69\x6b\x6b\x80\x81\x83\x8f\xc0\xc1\xc6\xc7\xd0\xd3\xd8\xdf\0",
                    byte[] = "\x6a\x6b\x80\x80\x83\x83\xa8\xa8\xb0\xb7\xc0\xc1\xc6\xc6\xcd\xcd\xe4\xe7\0",
                    word[] = "\x68\x69\x81\x81\xa9\xa9\xc7\xc7\0",
                    invalid[] = "\x60\x62\x82\x82\x9a\x9a\xce\xce\xd4\xd6\xea\xea\0";
  if (is_in(opcode, invalid)) return plain(CODE_INVALID);
  if (is_in(opcode, operand)) skip_operand(d);
  if (is_in(opcode, byte)) d->at += 1;
  if (is_in(opcode, word)) d->at += immediate(d);
  if (opcode >= 0xb8 && opcode <= 0xbf) d->at += d->wide ? 8 : immediate(d);
  if (opcode >= 0xa0 && opcode <= 0xa3) d->at += d->narrow ? 4 : 8;
  if (opcode == 0xc8) d->at += 3;
  return plain(CODE_NEXT);
}

static code_instruction decode_one(decoder *d, uint8_t opcode, uint64_t address) {
  if (opcode < 0x40) return decode_arithmetic(d, opcode);
  if ((opcode >= 0x70 && opcode <= 0x7f) || (opcode >= 0xe0 && opcode <= 0xe3))
    return jump(d, address, CODE_BRANCH, 1);
  switch (opcode) {
  case 0xeb: return jump(d, address, CODE_JUMP, 1);
  case 0xe9: return jump(d, address, CODE_JUMP, 4);
  case 0xe8: d->at += 4; return plain(CODE_NEXT);
  case 0xc2:
  case 0xca: d->at += 2; return plain(CODE_ENDS);
  case 0xc3:
  case 0xcb:
  case 0xcc:
  case 0xcf:
  case 0xf4: return plain(CODE_ENDS);
  case 0xf6:
  case 0xf7:
  case 0xfe:
  case 0xff: return decode_group(d, opcode);
  default: return decode_other(d, opcode);
  }
}

static code_instruction decode_opcode(decoder *d, uint64_t address) {
  uint8_t opcode = next_byte(d);
  if ((opcode & 0xf0) == 0x40) {
    d->wide = opcode & 8;
    opcode = next_byte(d);
  }
  if (opcode == 0xc5) return next_byte(d), decode_map(d, 1, address, true);
  if (opcode == 0xc4 || opcode == 0x62) {
    unsigned map = next_byte(d) & (opcode == 0x62 ? 7 : 31);
    d->at += opcode == 0x62 ? 2 : 1;
    return decode_map(d, map, address, true);
  }
  if (opcode != 0x0f) return decode_one(d, opcode, address);
  uint8_t second = d->at < d->count ? d->bytes[d->at] : 0;
  if (second != 0x38 && second != 0x3a) return decode_map(d, 1, address, false);
  d->at++;
  return decode_map(d, second == 0x38 ? 2 : 3, address, false);
}

code_instruction code_decode(const uint8_t *bytes, size_t count, uint64_t address) {
  decoder d = {.bytes = bytes, .count = count};
  while (d.at < count && is_prefix(bytes[d.at])) {
    d.word |= bytes[d.at] == 0x66;
    d.narrow |= bytes[d.at] == 0x67;
    d.at++;
  }
  code_instruction i = decode_opcode(&d, address);
  if (d.at > count || d.at > LONGEST) i.flow = CODE_INVALID;
  i.length = (uint32_t)d.at;
  return i;
}

/* ---- ways ---- */

typedef struct walk {
  tracee *t;
  bs_map seen;
  BS_VEC(uint64_t) open;
  uint64_t to;
  bool found, lost;
} walk;

static void go_to(walk *w, uint64_t address) {
  bool is_new;
  bs_map_add(&w->seen, address, 0, &is_new);
  if (is_new) *bs_vec_push(&w->open) = address;
}

static code_instruction decode_at(walk *w, uint64_t address) {
  uint8_t bytes[LONGEST];
  size_t count = sizeof bytes;
  if (!tracee_read_constant(w->t, address, bytes, count)) {
    count = TRACEE_PAGE - address % TRACEE_PAGE; /* the last ones of a mapping */
    if (count > sizeof bytes || !tracee_read_constant(w->t, address, bytes, count)) count = 0;
  }
  return code_decode(bytes, count, address);
}

static void follow(walk *w, uint64_t address) {
  code_instruction i = decode_at(w, address);
  w->found |= i.flow == CODE_NEXT && address + i.length == w->to;
  if (i.flow == CODE_NEXT || i.flow == CODE_BRANCH) go_to(w, address + i.length);
  if (i.flow == CODE_JUMP || i.flow == CODE_BRANCH) go_to(w, i.to);
  w->lost |= i.flow == CODE_SOMEWHERE || i.flow == CODE_INVALID;
}

enum code_way code_reaches(tracee *t, uint64_t from, uint64_t to) {
  walk w = {.t = t, .to = to};
  go_to(&w, from);
  while (w.open.count && w.seen.count < MOST && !w.found) follow(&w, w.open.items[--w.open.count]);
  bool lost = w.lost || w.open.count;
  bs_map_fini(&w.seen);
  bs_vec_fini(&w.open);
  if (w.found) return CODE_WAY_THERE;
  return lost ? CODE_WAY_UNKNOWN : CODE_WAY_NONE;
}
