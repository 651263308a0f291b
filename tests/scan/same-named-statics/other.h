void start_up(void);
