"""A program that is loaded once and begun many times, each time with another fault: see BLOCKSCAN_FAULT_SERVER in faults.c."""
import os
import select
import signal
import struct
import subprocess

COUNTERS = 16


class DoesNotEnd(Exception):
    pass


class Program:
    def __init__(self, shim, command, environment, cwd):
        """`command` begins in the folder of each run; paths in it are absolute, or of that folder."""
        theirs_in, self.asks = os.pipe()
        self.answers, theirs_out = os.pipe()
        environment = dict(environment, LC_ALL="C", LD_PRELOAD=str(shim), BLOCKSCAN_FAULT_SERVER=f"{theirs_in},{theirs_out}")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=cwd, env=environment,
                                        pass_fds=(theirs_in, theirs_out))
        os.close(theirs_in)
        os.close(theirs_out)
        self.rest = b""

    def number(self, seconds):
        """The next line that it says."""
        while b"\n" not in self.rest:
            if not select.select([self.answers], [], [], seconds)[0]:
                return None
            more = os.read(self.answers, 64)
            if not more:
                raise RuntimeError("the program that waits for faults has ended")
            self.rest += more
        line, self.rest = self.rest.split(b"\n", 1)
        return int(line)

    def run(self, fault, folder, seconds):
        """Exit code (negative: a signal), process id, stdout, stderr and the counters of a run in this folder."""
        counts = folder / "counts"
        counts.write_bytes(bytes(4096))
        os.write(self.asks, f"{fault}\t{folder}\t{counts}\n".encode())
        pid = self.number(60)
        status = self.number(seconds)
        if status is None:
            os.killpg(pid, signal.SIGKILL)
            self.number(60)
            raise DoesNotEnd
        said = [(folder / name).read_bytes().decode(errors="replace") for name in ("stdout", "stderr")]
        counters = struct.unpack(f"{COUNTERS}Q", counts.read_bytes()[: 8 * COUNTERS])
        return os.waitstatus_to_exitcode(status), pid, *said, counters

    def end(self):
        os.close(self.asks)
        self.process.wait()
        os.close(self.answers)
