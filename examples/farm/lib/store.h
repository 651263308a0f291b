#ifndef STORE_H
#define STORE_H

/* Appends a line to the store's file, and waits until the device has it. */
int store_append(const char *path, const char *line);

#endif
