# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command prints: data on stdout, talk on stderr, a live display only on a terminal."""
import json
import os
import pty
import select

from harness import ENDED_WELL, WITH_FINDINGS, Case

OUTCOME_MEMBERS = {"file", "sha256", "state", "pages_in", "pages_read", "gaps"}


class Talk(Case):
    def test_quiet_prints_nothing_on_success(self):
        run = self.read(self.text(2), "--quiet")
        self.assert_code(run, ENDED_WELL)
        self.assertEqual(("", ""), (run.out, run.err))

    def test_quiet_still_prints_errors(self):
        (self.folder / "vacio.pdf").write_bytes(b"")
        run = self.read(self.text(1), self.folder / "vacio.pdf", "--quiet")
        self.assert_code(run, WITH_FINDINGS)
        self.assertIn("vacio.pdf", run.err)

    def test_plain_lines_where_there_is_no_terminal(self):
        run = self.read(self.text(3))
        self.assertNotIn("\x1b", run.err)
        self.assertNotIn("\r", run.err)
        self.assertIn(self.text(3).name, run.err)
        self.assertEqual("", run.out)

    def test_json_tells_what_was_done_and_nothing_else(self):
        (self.folder / "vacio.pdf").write_bytes(b"")
        run = self.read(self.text(2), self.folder / "vacio.pdf", "--json")
        told = json.loads(run.out)
        self.assertEqual(1, told["version"])
        for outcome in told["documents"]:
            self.assertEqual(set(), OUTCOME_MEMBERS - set(outcome))
        good, bad = told["documents"]
        if good["pages_in"] == 0:
            good, bad = bad, good
        self.assertEqual((2, 2), (good["pages_in"], good["pages_read"]))
        self.assertEqual(0, bad["pages_in"])

    def test_a_terminal_gets_a_live_display(self):
        leader, follower = pty.openpty()
        run = self.start(self.quick_scan(20), stderr=follower)
        os.close(follower)
        shown = b""
        while run.is_alive() or select.select([leader], [], [], 0)[0]:
            if select.select([leader], [], [], 0.05)[0]:
                try:
                    shown += os.read(leader, 65536)
                except OSError:
                    break
        os.close(leader)
        self.assert_code(run.finish(), ENDED_WELL)
        self.assertIn(b"\x1b[", shown)
        self.assertIn(b"pages", shown)

    def test_a_reader_of_stdout_that_goes_away_does_no_harm(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        run = self.start(self.text(2), "--json", stdout=write_end)
        os.close(write_end)
        run.finish()
        self.assertGreaterEqual(run.code, 0)
        self.assert_every_page_read(self.record(self.text(2).stem), 2)

    def test_a_standard_error_that_is_gone_or_full_does_no_harm(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        for stderr in (write_end, os.open("/dev/full", os.O_WRONLY)):
            out = self.folder / f"ohne-{stderr}"
            run = self.start(self.text(2), out=out, data=out / "data", stderr=stderr)
            os.close(stderr)
            self.assertEqual(ENDED_WELL, run.finish().code)
            self.assert_every_page_read(self.record(self.text(2).stem, out), 2)

    def test_closed_standard_streams_do_no_harm(self):
        run = self.read(self.text(2), prefix=["bash", "-c", 'exec "$0" "$@" <&- >&- 2>&-'])
        self.assert_code(run, ENDED_WELL)
        self.assert_every_page_read(self.record(self.text(2).stem), 2)

    def test_document_text_is_never_printed(self):
        run = self.read(self.text(3))
        self.assertNotIn("expediente", run.err + run.out)
