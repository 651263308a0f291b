// A server over a java.nio selector that answers a given number of lines, one a connection: what bench/transparency/programs records.
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.*;
import java.nio.charset.StandardCharsets;

public class Nio {
  public static void main(String[] arguments) throws IOException {
    int left = Integer.parseInt(arguments[1]);
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    while (left > 0) {
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        if (key.isAcceptable()) {
          SocketChannel peer = server.accept();
          peer.configureBlocking(false);
          peer.register(selector, SelectionKey.OP_READ);
        } else if (key.isReadable()) {
          SocketChannel peer = (SocketChannel) key.channel();
          ByteBuffer buffer = ByteBuffer.allocate(64);
          if (peer.read(buffer) > 0) {
            peer.write(ByteBuffer.wrap(("got " + new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8)).getBytes()));
            left--;
          }
          peer.close();
        }
      }
      selector.selectedKeys().clear();
    }
    System.out.println("done");
    System.exit(3);
  }
}
