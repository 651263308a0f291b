/* A question to a name server, which takes its time. SUSPECT_DNS is its port on this machine. */
#include "suspect.h"

#include <arpa/inet.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>

static struct __res_state state;

bool suspect_prepare(void) {
  const char *port = getenv("SUSPECT_DNS");
  if (!port || res_ninit(&state)) {
    fputs("SUSPECT_DNS is not set\n", stderr);
    return false;
  }
  state.nscount = 1;
  state.nsaddr_list[0] = (struct sockaddr_in){.sin_family = AF_INET,
                                              .sin_port = htons((unsigned short)atoi(port)),
                                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  return true;
}

bool suspect_work(void) {
  unsigned char answer[512];
  return res_nquery(&state, "suspect.example", ns_c_in, ns_t_a, answer, sizeof answer) > 0;
}
