// Names of the project's own.
int fdatawrite(int fd);
int sync_file_range(int fd, long offset, long bytes, unsigned flags);
