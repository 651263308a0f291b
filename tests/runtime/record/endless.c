/* A function whose unwind information never ends: the expression for its frame is a jump to itself. It blocks in a loop's iteration. */
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

void work(void);
void hold(void);
void hold(void) { usleep(60000); }

/* DW_CFA_def_cfa_expression, 3 bytes: DW_OP_skip -3. */
__asm__(".text\n.globl work\n.type work,@function\nwork:\n.cfi_startproc\nsub $8,%rsp\n"
        ".cfi_escape 0x0f,3,0x2f,0xfd,0xff\ncall hold\nadd $8,%rsp\nret\n.cfi_endproc\n.size work,.-work\n");

int main(void) {
  int ends[2];
  char c;
  if (pipe(ends) != 0) return 1;
  for (int i = 0; i < 8; i++) {
    struct pollfd p = {ends[0], POLLIN, 0};
    if (write(ends[1], "x", 1) != 1 || poll(&p, 1, 1000) != 1 || read(ends[0], &c, 1) != 1) return 1;
    work();
  }
  return 0;
}
