/* How long a call waits at most stands with its finding: what a timeout says, times the turns of the loops around
 * it, the longest of all ways there. A timeout that is not known, or that means no limit, leaves it out. */
#include <poll.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

typedef struct uv_timer_s uv_timer_t;
int uv_timer_start(uv_timer_t *, void (*)(uv_timer_t *), unsigned long, unsigned long);
int libusb_bulk_transfer(void *device, unsigned char endpoint, void *data, int length, int *done, unsigned timeout);
int libusb_control_transfer(void *device, unsigned char type, unsigned char request, unsigned short value,
                            unsigned short index, void *data, unsigned short length, unsigned timeout);
void *dbus_connection_send_with_reply_and_block(void *bus, void *message, int timeout, void *error);
int sd_bus_call(void *bus, void *message, unsigned long usec, void *error, void **reply);
int sd_bus_set_method_call_timeout(void *bus, unsigned long usec);
int sd_bus_call_method(void *bus, const char *name, const char *path, const char *interface, const char *member,
                       void *error, void **reply, const char *types, ...);
void *PQconnectdb(const char *info);
void *PQconnectdbParams(const char *const *names, const char *const *values, int expand);
int MQTTClient_receive(void *client, char **topic, int *length, void **message, unsigned long timeout);
long gnutls_record_recv(void *session, void *data, size_t size);
int gnutls_init(void **session, unsigned flags);
void gnutls_record_set_timeout(void *session, unsigned ms);
short SQLExecDirect(void *statement, const char *text, int length);
short SQLSetStmtAttr(void *statement, int attribute, void *value, int length);

static void *device, *bus, *message, *statement;

static void usb(unsigned some) {
  char data[64];
  int done;
  libusb_bulk_transfer(device, 1, data, 64, &done, 250); // expect: warning libusb.transfer bound: 250
  libusb_bulk_transfer(device, 1, data, 64, &done, 0); // expect: error libusb.transfer bound: none
  libusb_bulk_transfer(device, 1, data, 64, &done, some); // expect: error libusb.transfer bound: none
  libusb_control_transfer(device, 1, 1, 1, 1, data, 64, 6000); // expect: error libusb.control-transfer bound: 6000
}

static void buses(void *other) {
  void *reply;
  dbus_connection_send_with_reply_and_block(bus, message, 100, NULL); // expect: warning dbus.call bound: 100
  dbus_connection_send_with_reply_and_block(bus, message, -1, NULL); // expect: error dbus.call bound: none
  sd_bus_call(bus, message, 5000000, NULL, &reply); // expect: error sd-bus.call-timed bound: 5000
  sd_bus_call(bus, message, 0, NULL, &reply); // expect: error sd-bus.call-timed bound: none
  sd_bus_set_method_call_timeout(bus, 200000);
  sd_bus_call_method(bus, "a", "/", "a", "B", NULL, &reply, ""); // expect: warning sd-bus.call bound: 200
  sd_bus_call_method(other, "a", "/", "a", "B", NULL, &reply, ""); // expect: error sd-bus.call bound: none
}

static void databases(const char *host, const char *seconds, void *other) {
  const char *const names[] = {"host", "port", "connect_timeout", NULL};
  const char *const values[] = {host, "5432", "3", NULL};
  const char *const open_values[] = {host, "5432", seconds, NULL};
  const char *const info = "host=db connect_timeout=7";
  PQconnectdbParams(names, values, 0); // expect: error libpq.connect-params bound: 3000
  PQconnectdbParams(names, open_values, 0); // expect: error libpq.connect-params bound: none
  PQconnectdb(info); // expect: error libpq.connect bound: 7000
  PQconnectdb(host); // expect: error libpq.connect bound: none
  SQLExecDirect(other, "select 1", -3); // expect: error odbc.execute bound: none
  SQLSetStmtAttr(statement, 0, (void *)6, 0); /* SQL_ATTR_QUERY_TIMEOUT */
  SQLExecDirect(statement, "select 1", -3); // expect: error odbc.execute bound: 6000
}

static void others(void *client) {
  char *topic, data[64];
  int length;
  void *got, *session, *unset;
  MQTTClient_receive(client, &topic, &length, &got, 50); // expect: warning paho.receive bound: 50
  gnutls_init(&session, 2);
  gnutls_init(&unset, 2);
  gnutls_record_set_timeout(session, 300);
  gnutls_record_recv(session, data, sizeof data); // expect: warning gnutls.receive certain bound: 300
  gnutls_record_recv(unset, data, sizeof data); // expect: error gnutls.receive certain bound: none
}

static void nap(unsigned ms) { usleep(ms * 1000); } // expect: warning sleep.usleep bound: none
static void wait_for(struct pollfd *fds, int ms) { poll(fds, 1, ms); } // expect: error wait.poll bound: 2000

static void on_timer(uv_timer_t *timer) {
  struct pollfd fd = {0, POLLIN, 0};
  const struct timespec pause = {.tv_sec = 1, .tv_nsec = 500000000};
  usb((unsigned)(size_t)timer);
  buses(timer);
  databases((const char *)timer, (const char *)timer, timer);
  others(timer);
  nap(20);
  nap((unsigned)(size_t)timer);
  wait_for(&fd, 10);
  wait_for(&fd, 2000);
  nanosleep(&pause, NULL); // expect: error sleep.nanosleep bound: 1500
  for (int i = 0; i < 4; i++) usleep(10000); // expect: warning sleep.usleep bound: 40
  while (fd.revents == 0) usleep(10000); // expect: warning sleep.usleep bound: none
}

int main(void) {
  uv_timer_t *timer = NULL;
  return uv_timer_start(timer, on_timer, 1, 0);
}
