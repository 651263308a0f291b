// Asio's streams resolve, connect, read and write as files do: each waits for the peer.
#include <fstream>
#include <sstream>
#include <string>

namespace asio {
struct io_context {
  unsigned long run();
};
template <typename Context> void post(Context &context, void (*handler)());
template <typename Protocol> struct basic_stream_socket {};
template <typename Protocol> struct basic_socket_iostream : std::iostream {
  basic_socket_iostream();
  explicit basic_socket_iostream(basic_stream_socket<Protocol> socket);
  template <typename... Arguments> explicit basic_socket_iostream(const char *host, Arguments...);
  template <typename... Arguments> void connect(Arguments...);
};
namespace ip {
struct tcp {
  using iostream = basic_socket_iostream<tcp>;
};
} // namespace ip
} // namespace asio

static void ask(const std::string &host) {
  asio::ip::tcp::iostream stream;
  stream.connect(host, "80");      // expect: error boost.asio-stream-connect
  stream << "GET / HTTP/1.0\r\n\r\n"; // expect: error boost.asio-stream certain
  stream << 5;                     // expect: error boost.asio-stream-member certain
  std::string line;
  std::getline(stream, line); // expect: error boost.asio-stream certain
  stream.read(line.data(), 1); // expect: error boost.asio-stream-member certain
}

static void convert() {
  std::stringstream stream;
  std::string line;
  stream << "5" << 6;
  stream >> line;
}

static void on_posted() {
  ask("host");
  convert();
  asio::ip::tcp::iostream connected("host", "80"); // expect: error boost.asio-stream-connect
  asio::basic_stream_socket<asio::ip::tcp> socket;
  asio::ip::tcp::iostream wrapped(socket);
}

int main() {
  asio::io_context context;
  asio::post(context, on_posted);
  asio::ip::tcp::iostream before("host", "80"); // expect-none
  before << "x";                                // expect-none
  return context.run() == 0;
}
