#ifndef RESOLVE_H
#define RESOLVE_H

struct addrinfo;
int resolve(const char *name, struct addrinfo **found);

#endif
