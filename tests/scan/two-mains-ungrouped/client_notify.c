// The client's part is in no program by its name: both definitions fit both programs.
#include <unistd.h>
void notify(void);
void notify(void) { sleep(5); } // expect: error sleep.sleep path: on_timer > notify
