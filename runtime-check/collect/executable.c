/* What the file of a program says about whether it can be watched: by its ELF headers, without running it. */
#include "runtime-check/collect/recording.h"

#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

/* By the program's loader. That of musl refuses a library of glibc's, and the program would not start. */
static enum executable_kind kind_of_loader(Elf *elf, int fd) {
  size_t count = 0;
  GElf_Phdr segment;
  char path[256] = "";
  elf_getphdrnum(elf, &count);
  for (size_t i = 0; i < count; i++) {
    if (!gelf_getphdr(elf, (int)i, &segment) || segment.p_type != PT_INTERP) continue;
    size_t length = segment.p_filesz < sizeof path ? segment.p_filesz : sizeof path - 1;
    if (pread(fd, path, length, (off_t)segment.p_offset) < 0) return EXECUTABLE_PLAIN;
    return strstr(path, "/ld-musl-") ? EXECUTABLE_MUSL : EXECUTABLE_PLAIN;
  }
  return EXECUTABLE_STATIC;
}

/* Go's linker leaves this section in every program, stripped ones too (the package debug/buildinfo reads it).
 */
static bool is_go(Elf *elf) {
  size_t names;
  GElf_Shdr header;
  if (elf_getshdrstrndx(elf, &names) != 0) return false;
  for (Elf_Scn *section = elf_nextscn(elf, NULL); section; section = elf_nextscn(elf, section)) {
    const char *name = gelf_getshdr(section, &header) ? elf_strptr(elf, names, header.sh_name) : NULL;
    if (name && !strcmp(name, ".go.buildinfo")) return true;
  }
  return false;
}

enum executable_kind executable_kind_of(const char *path) {
  enum executable_kind kind = EXECUTABLE_PLAIN;
  int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1; /* a pipe would be waited for */
  if (fd < 0) return kind;
  elf_version(EV_CURRENT);
  Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
  if (elf && elf_kind(elf) == ELF_K_ELF) kind = is_go(elf) ? EXECUTABLE_GO : kind_of_loader(elf, fd);
  elf_end(elf);
  close(fd);
  return kind;
}
