/* Any text as /proc/PID/maps of a program, which decides what it says: mappings are in the order of a
 * look-up, and every address has an answer. The module's headers are read in this process, at a place that
 * the text can name. */
#include "fuzz.h"
#include "runtime-check/collect/maps.c" /* for parse_maps */

#include <elf.h>
#include <sys/mman.h>

#define IMAGE UINT64_C(0x10000000)

/* A shared object of two pages, with its headers only. */
static void make_image(void) {
  char *page = mmap((void *)IMAGE, 8192, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
  if (page == MAP_FAILED) abort();
  const Elf64_Ehdr head = {
      .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1},
      .e_type = ET_DYN,
      .e_machine = EM_X86_64,
      .e_phoff = sizeof head,
      .e_phentsize = sizeof(Elf64_Phdr),
      .e_phnum = 1,
  };
  const Elf64_Phdr load = {.p_type = PT_LOAD, .p_filesz = 8192, .p_memsz = 8192};
  memcpy(page, &head, sizeof head);
  memcpy(page + sizeof head, &load, sizeof load);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static bool made;
  if (!made) make_image();
  made = true;
  tracee *t = tracee_new(getpid());
  bs_strbuf_add(&t->maps, data, size);
  parse_maps(t);
  parse_maps(t);
  static const uint64_t places[] = {0, IMAGE, IMAGE + 4096, 0x7fffffffffff, UINT64_MAX};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    const tracee_mapping *m = tracee_mapping_of(t, places[i]);
    if (m && (m->start > places[i] || m->end <= places[i])) abort();
    tracee_end_of(t, places[i]);
    const module_row *row = t->mappings.count ? tracee_module(t, places[i]) : NULL;
    if (row && (!row->path || !row->build_id)) abort();
  }
  tracee_free(t);
  return 0;
}
