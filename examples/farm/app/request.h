#ifndef REQUEST_H
#define REQUEST_H

void request_handle(const char *line);

#endif
