// Reading what a socket, a process or a buffer has got does not wait; reading a file does.
#include <unistd.h>

struct QObject {
  template <class Signal, class Slot> static void connect(const QObject *, Signal, const QObject *, Slot);
};
struct QIODevice : QObject {
  int readAll();
  void readyRead();
};
struct QFile : QIODevice {};
struct QLocalSocket : QIODevice {};
struct QProcess : QIODevice {};
struct QNetworkReply : QIODevice {};
struct QCoreApplication {
  static int exec();
};

struct Reader : QObject {
  QFile file;
  QLocalSocket *socket;
  QProcess process;
  QNetworkReply *reply;
  QIODevice *device;
  void read() {
    file.readAll(); // expect: warning qt.file
    device->readAll(); // expect: warning qt.file
    socket->readAll();
    process.readAll();
    reply->readAll();
  }
};

int main() {
  Reader reader;
  QObject::connect(&reader.file, &QIODevice::readyRead, &reader, &Reader::read);
  return QCoreApplication::exec();
}
