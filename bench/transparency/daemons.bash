# Sourced by programs: servers of Debian's packages, most with a loop of their own, each started as its package does, on loopback.
# shellcheck shell=bash disable=SC2154 # out, web_port: of programs

# ask PORT LINE…: sends the lines, and prints what is answered within half a second.
ask() {
  python3 - "$@" <<'END'
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as server:
    server.settimeout(0.5)
    for line in sys.argv[2:]:
        server.sendall(line.encode().decode("unicode_escape").encode("latin-1") + b"\r\n")
        try:
            print(server.recv(4096))
        except OSError:
            print("nothing")
END
}
# resolve PORT NAME: thirty times its address, by UDP.
resolve() {
  python3 - "$@" <<'END'
import socket, sys
name = b"".join(bytes([len(part)]) + part.encode() for part in sys.argv[2].split(".")) + b"\0"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.settimeout(5)
    for number in range(30):
        server.sendto(bytes([0, number, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + name + b"\0\1\0\1", ("127.0.0.1", int(sys.argv[1])))
        answer = server.recv(4096)
        print(answer[1], answer[3] & 15, answer[7], answer[-4:].hex())
END
}
listens() { until_works bash -c "exec 3<>/dev/tcp/127.0.0.1/$1"; }
# folder_of NAME: an empty one, in $folder; a port in $port.
folder_of() {
  folder=$out/$1
  port=$(free_port)
  rm -rf "$folder" && mkdir -p "$folder" && chmod 777 "$folder"
}
fetch() { for i in $(seq 30); do curl -s -o /dev/null -w '%{http_code}\n' "$@" "http://127.0.0.1:$port/page?$i"; done; }

run_memcached() {
  need memcached memcached || return
  local folder port
  folder_of memcached
  command=(memcached -u nobody -l 127.0.0.1 -p "$port" -t 2)
  client() {
    listens "$port"
    for i in 1 2 3 4 5; do ask "$port" "set k$i 0 0 3\r\nabc" "get k$i"; done
  }
  row memcached '[.loops[] | select(.library == "libevent")] | length >= 3'
}
run_lighttpd() {
  need lighttpd lighttpd || return
  local folder port
  folder_of lighttpd
  echo hello >"$folder/page"
  printf 'server.document-root = "%s"\nserver.port = %s\nserver.bind = "127.0.0.1"\n' "$folder" "$port" >"$folder/conf"
  command=(lighttpd -D -f "$folder/conf")
  client() { listens "$port" && fetch; }
  row lighttpd '.loops | length == 1 and .[0].library == "own"'
}
run_unbound() {
  need unbound unbound || return
  local folder port
  folder_of unbound
  cat >"$folder/conf" <<END
server:
  interface: 127.0.0.1
  port: $port
  username: ""
  chroot: ""
  directory: "$folder"
  pidfile: "$folder/pid"
  use-syslog: no
  local-zone: "test." static
  local-data: "a.test. A 10.1.2.3"
END
  command=(unbound -d -p -c "$folder/conf")
  client() { listens "$port" && resolve "$port" a.test; }
  row unbound '[.loops[] | select(.library == "libevent" and .iterations >= 30)] | length >= 1'
}
run_dnsmasq() {
  need dnsmasq dnsmasq-base || return
  local folder port
  folder_of dnsmasq
  command=(dnsmasq -k -C /dev/null -u root -p "$port" -a 127.0.0.1 -z -R -h -x "$folder/pid" -A /a.test/10.1.2.3)
  client() { listens "$port" && resolve "$port" a.test; }
  row dnsmasq '.loops | length >= 1 and all(.library == "own")'
}
run_mosquitto() {
  need mosquitto mosquitto || return
  local folder port
  folder_of mosquitto
  printf 'listener %s 127.0.0.1\nallow_anonymous true\nuser root\n' "$port" >"$folder/conf"
  command=(mosquitto -c "$folder/conf")
  client() {
    listens "$port"
    for i in 1 2 3 4 5 6 7 8 9; do ask "$port" "\x10\x0d\x00\x04MQTT\x04\x02\x00\x3c\x00\x01$i\xe0\x00"; done
  }
  row mosquitto '.loops | length == 1 and .[0].library == "own"'
}
run_beanstalkd() {
  need beanstalkd beanstalkd || return
  local folder port
  folder_of beanstalkd
  command=(beanstalkd -l 127.0.0.1 -p "$port")
  client() {
    listens "$port"
    for i in 1 2 3 4 5; do ask "$port" "put 1 0 60 3\r\nabc" reserve "delete $i"; done
  }
  row beanstalkd '.loops | length == 1 and .[0].library == "own"'
}
run_nsd() {
  need nsd nsd || return
  local folder port
  folder_of nsd
  printf '$ORIGIN test.\n$TTL 60\n@ SOA a b 1 60 60 60 60\n@ NS a\na A 10.1.2.3\n' >"$folder/zone"
  cat >"$folder/conf" <<END
server:
  ip-address: 127.0.0.1@$port
  username: ""
  chroot: ""
  pidfile: "$folder/pid"
  zonesdir: "$folder"
  xfrdfile: ""
  zonelistfile: "$folder/list"
  xfrdir: "$folder"
  database: ""
zone:
  name: test
  zonefile: zone
remote-control:
  control-enable: no
END
  command=(nsd -d -c "$folder/conf")
  client() { listens "$port" && resolve "$port" a.test; }
  row nsd '[.loops[] | select(.library == "libevent" and .iterations >= 30)] | length >= 1'
}
run_ngircd() {
  need ngircd ngircd || return
  local folder port
  folder_of ngircd
  printf '[Global]\nName=irc.test\nInfo=test\nListen=127.0.0.1\nPorts=%s\nServerUID=root\nServerGID=root\nPidFile=%s/pid\n[Options]\nDNS=no\nIdent=no\nPAM=no\n' \
    "$port" "$folder" >"$folder/conf"
  command=(ngircd -n -f "$folder/conf")
  client() {
    listens "$port"
    for i in 1 2 3 4 5; do ask "$port" "BOGUS" "PING x"; done
  }
  row ngircd '.loops | length >= 1 and all(.library == "own")'
}
run_tinyproxy() {
  need tinyproxy tinyproxy || return
  local folder port
  folder_of tinyproxy
  web_start
  printf 'Port %s\nListen 127.0.0.1\nTimeout 10\nLogFile "%s/log"\nPidFile "%s/pid"\n' "$port" "$folder" "$folder" >"$folder/conf"
  command=(tinyproxy -d -c "$folder/conf")
  client() {
    listens "$port"
    for i in $(seq 30); do curl -s -o /dev/null -w '%{http_code}\n' -x "http://127.0.0.1:$port" "http://127.0.0.1:$web_port/page?$i"; done
  }
  row tinyproxy '.loops | length >= 1 and all(.library == "own")'
  web_stop
}
run_vsftpd() { # a process for each session, and no loop
  need vsftpd vsftpd || return
  local folder port
  folder_of vsftpd
  mkdir "$folder/empty"
  printf 'listen=YES\nlisten_address=127.0.0.1\nlisten_port=%s\nanonymous_enable=NO\nlocal_enable=YES\nsecure_chroot_dir=%s/empty\nbackground=NO\nseccomp_sandbox=YES\n' \
    "$port" "$folder" >"$folder/conf"
  command=(vsftpd "$folder/conf")
  client() {
    listens "$port"
    for i in 1 2 3; do # a line is sent when the answer to the one before is there
      python3 -c 'import ftplib, sys
ftp = ftplib.FTP()
print(ftp.connect("127.0.0.1", int(sys.argv[1])), ftp.sendcmd("FEAT"), ftp.sendcmd("USER nobody"), ftp.quit())' "$port"
    done
  }
  row vsftpd '.loops == []'
}
run_stunnel() {
  need stunnel4 stunnel4 || return
  need openssl openssl || return
  local folder port
  folder_of stunnel
  web_start
  openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 -keyout "$folder/key" -out "$folder/cert" >/dev/null 2>&1
  printf 'foreground = yes\npid =\nsyslog = no\n[web]\naccept = 127.0.0.1:%s\nconnect = 127.0.0.1:%s\ncert = %s/cert\nkey = %s/key\n' \
    "$port" "$web_port" "$folder" "$folder" >"$folder/conf"
  command=(stunnel4 "$folder/conf")
  client() {
    listens "$port"
    for i in $(seq 20); do curl -sk -o /dev/null -w '%{http_code}\n' "https://127.0.0.1:$port/page?$i"; done
  }
  row stunnel '.loops | length >= 1 and all(.library == "own")'
  web_stop
}
run_openvpn() {
  need openvpn openvpn || return
  local folder port
  folder_of openvpn
  command=(openvpn --dev null --cipher none --auth none --local 127.0.0.1 --lport "$(free_port)" --remote 127.0.0.1 --ping 1 --management 127.0.0.1 "$port")
  client() {
    listens "$port"
    for i in 1 2 3 4 5; do ask "$port" pid load-stats help | grep -o 'SUCCESS\|END\|ERROR' | head -1; done
  }
  row openvpn '.loops | length == 1 and .[0].library == "own"'
}
run_syncthing() { # a Go program: not observable, and unchanged
  need syncthing syncthing || return
  local folder port
  folder_of syncthing
  command=(syncthing serve --no-browser --no-restart --no-upgrade "--home=$folder" "--gui-address=http://127.0.0.1:$port" --gui-apikey=key)
  client() {
    listens "$port"
    for i in 1 2 3; do curl -s -H 'X-API-Key: key' "http://127.0.0.1:$port/rest/system/ping"; done
  }
  row syncthing '.loops == []'
}
run_redis() {
  need redis-server redis-server || return
  local folder port
  folder_of redis
  command=(redis-server --bind 127.0.0.1 --port "$port" --save "" --dir "$folder")
  client() {
    listens "$port"
    for i in 1 2 3 4 5; do ask "$port" "SET k$i v" "GET k$i"; done
  }
  row redis '[.loops[] | select(.iterations > 5)] | length >= 1 and all(.library | IN("redis", "own"))'
}
run_privoxy() {
  need privoxy privoxy || return
  local folder port
  folder_of privoxy
  web_start
  printf 'listen-address 127.0.0.1:%s\n' "$port" >"$folder/conf"
  command=(privoxy --no-daemon "$folder/conf")
  client() {
    listens "$port"
    for i in $(seq 20); do curl -s -o /dev/null -w '%{http_code}\n' -x "http://127.0.0.1:$port" "http://127.0.0.1:$web_port/page?$i"; done
  }
  row privoxy '.loops | length >= 1 and all(.library == "own")'
  web_stop
}
run_named() {
  need named bind9 || return
  local folder port
  folder_of named
  printf '$ORIGIN test.\n$TTL 60\n@ SOA a b 1 60 60 60 60\n@ NS a\na A 10.1.2.3\n' >"$folder/zone"
  printf 'options { directory "%s"; listen-on port %s { 127.0.0.1; }; listen-on-v6 { none; }; pid-file "%s/pid"; session-keyfile "%s/key"; recursion no; };\ncontrols {};\nzone "test" { type primary; file "zone"; };\n' \
    "$folder" "$port" "$folder" "$folder" >"$folder/conf"
  command=(named -g -c "$folder/conf" -n 2)
  client() { listens "$port" && resolve "$port" a.test; }
  row named '[.loops[] | select(.library == "libuv")] | length >= 2'
}
run_tor() {
  need tor tor || return
  local folder port
  folder_of tor
  chmod 700 "$folder"
  : >"$folder/conf"
  command=(tor -f "$folder/conf" --DataDirectory "$folder" --DisableNetwork 1 --SocksPort 0 --ControlPort "127.0.0.1:$port")
  client() {
    listens "$port"
    for i in 1 2 3 4 5; do ask "$port" AUTHENTICATE "GETINFO version"; done
  }
  row tor '[.loops[] | select(.library == "libevent")] | length == 1'
}
run_dbus() {
  need dbus-daemon dbus-daemon dbus-bin || return
  need dbus-send dbus-bin || return
  local folder port
  folder_of dbus
  command=(dbus-daemon --session --nofork --address="unix:path=$folder/bus")
  client() {
    until_works test -S "$folder/bus"
    for i in $(seq 10); do
      DBUS_SESSION_BUS_ADDRESS=unix:path=$folder/bus dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames
    done
  }
  row dbus '.loops | length == 1'
}
run_kresd() {
  need kresd knot-resolver || return
  local folder port
  folder_of kresd
  printf "net.listen('127.0.0.1', %s)\nmodules.unload('ta_update')\npolicy.add(policy.suffix(policy.DENY, {todname('a.test')}))\n" "$port" >"$folder/conf"
  command=(kresd -n -q -c "$folder/conf" "$folder")
  client() { listens "$port" && resolve "$port" a.test; }
  row kresd '[.loops[] | select(.library == "libuv")] | length >= 1'
}
