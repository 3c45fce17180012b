# SPDX-License-Identifier: GPL-3.0-or-later
"""Exit codes and sentences: what cannot be read, or not be written, is said and never half done."""
import os
import pathlib
import subprocess

import harness
from harness import BAD_USAGE, ENDED_WELL, LIBRARY, UNAVAILABLE, WITH_FINDINGS, Case, documents
import pdf

NOBODY = 65534


def locked(path, user="clave", owner="jefe"):
    lines = [documents.page_lines(1)]
    pathlib.Path(path).write_bytes(pdf.text_document(lines, encrypt=pdf.Encryption(user, owner)))


class Refusals(Case):
    def assert_refused(self, run, reason, name):
        self.assert_code(run, BAD_USAGE)
        record = self.record(name)
        self.assertEqual((0, 0, [], []), (record["pages_in"], record["pages_read"], record["pages"], record["gaps"]))
        self.assertEqual(reason, record["error"]["reason"])
        self.assertTrue(record["error"]["detail"])
        self.assertIn(record["file"], run.err)

    def test_an_encrypted_document_is_refused_without_its_password(self):
        source = LIBRARY.path("secreto.pdf", locked)
        self.assert_refused(self.read(source), "encrypted", "secreto")

    def test_an_encrypted_document_opens_with_its_password(self):
        source = LIBRARY.path("secreto.pdf", locked)
        self.assert_code(self.read(source, "--password", "clave"), ENDED_WELL)
        self.assert_every_page_read(self.record("secreto"), 1)

    def test_a_password_of_any_letters_opens(self):
        source = LIBRARY.path("secreto2.pdf", lambda path: locked(path, "ñandú"))
        self.assert_code(self.read(source, "--password", "ñandú", "--pdf"), ENDED_WELL)
        self.assertTrue((self.out / "secreto2.pdf").exists())

    def test_a_password_for_other_files_locks_none(self):
        source = self.text(1)
        self.assert_code(self.read(source, "--password", "ñandú", "--pdf"), ENDED_WELL)

    def test_the_password_is_not_kept(self):
        source = LIBRARY.path("secreto.pdf", lambda path: locked(path, "contraseña-rara"))
        self.read(source, "--password", "contraseña-rara")
        for path in [*self.data.rglob("*"), *self.out.rglob("*")]:
            if path.is_file():
                self.assertNotIn("contraseña-rara".encode(), path.read_bytes(), path)

    def test_an_empty_user_password_opens(self):
        source = LIBRARY.path("abierto.pdf", lambda path: locked(path, ""))
        self.assert_code(self.read(source), ENDED_WELL)

    def test_an_empty_file_is_refused(self):
        (self.folder / "vacio.pdf").write_bytes(b"")
        self.assert_refused(self.read(self.folder / "vacio.pdf"), "empty", "vacio")

    def test_what_is_no_document_is_refused(self):
        (self.folder / "notas.pdf").write_text("Esto es una nota, no un documento.\n" * 50)
        self.assert_refused(self.read(self.folder / "notas.pdf"), "not_a_document", "notas")

    test_what_is_no_document_is_refused.sanitizer = True

    def test_one_bad_document_among_good_ones_is_a_finding(self):
        (self.folder / "malo.pdf").write_bytes(b"")
        run = self.read(self.text(2), self.folder / "malo.pdf")
        self.assert_code(run, WITH_FINDINGS)
        self.assert_every_page_read(self.record(self.text(2).stem), 2)
        self.assertEqual("empty", self.record("malo")["error"]["reason"])

    def test_a_file_that_is_not_there_is_named(self):
        run = self.read(self.folder / "no-existe.pdf")
        self.assert_code(run, BAD_USAGE)
        self.assertIn("no-existe.pdf", run.err)

    def test_a_missing_file_among_good_ones_is_a_finding(self):
        run = self.read(self.folder / "no-existe.pdf", self.text(1))
        self.assert_code(run, WITH_FINDINGS)
        self.assertEqual(1, self.record(self.text(1).stem)["pages_read"])

    def test_a_folder_named_like_a_document_is_a_folder(self):
        self.copy(self.text(1), "carpeta.pdf/a.pdf")
        self.assert_code(self.read(self.folder / "carpeta.pdf"), ENDED_WELL)
        self.assertTrue((self.out / "a.json").exists())

    def test_an_empty_folder_is_no_input(self):
        (self.folder / "nada").mkdir()
        self.assert_code(self.read(self.folder / "nada"), BAD_USAGE)

    def test_a_folder_that_contains_itself_ends(self):
        self.copy(self.text(1), "vuelta/a.pdf")
        (self.folder / "vuelta/otra").symlink_to(self.folder / "vuelta")
        self.assert_code(self.read(self.folder / "vuelta", seconds=30), ENDED_WELL)

    def test_a_named_pipe_in_a_folder_is_said_and_does_not_hang(self):
        self.copy(self.text(1), "tubos/a.pdf")
        os.mkfifo(self.folder / "tubos/b.pdf")
        run = self.read(self.folder / "tubos", seconds=30)
        self.assert_code(run, WITH_FINDINGS)
        self.assertIn("b.pdf", run.err)
        self.assertEqual(1, self.record("a")["pages_read"])

    def as_nobody(self, source, **options):
        """Runs as a user without rights: root could read and write everything."""
        os.chmod(self.folder, 0o777)
        if os.geteuid() != 0:
            return self.read(source, **options)
        try:
            return self.read(source, user=NOBODY, group=NOBODY, extra_groups=[], **options)
        except PermissionError:
            self.skipTest("the program cannot be run by another user here")

    def test_a_file_without_permission_is_refused(self):
        source = self.copy(self.text(1), "cerrado.pdf")
        source.chmod(0)
        run = self.as_nobody(source)
        self.assert_refused(run, "no_permission", "cerrado")

    def test_an_output_folder_that_cannot_be_written_is_said_before_any_work(self):
        source = self.copy(self.text(1), "oficio.pdf")
        (self.folder / "cerrada").mkdir(mode=0o500)
        run = self.as_nobody(source, out=self.folder / "cerrada")
        self.assertNotIn(run.code, (ENDED_WELL, WITH_FINDINGS))
        self.assertIn("cerrada", run.err)

    def test_an_output_folder_that_is_missing_is_made(self):
        self.assert_code(self.read(self.text(1), out=self.folder / "a/b/c"), ENDED_WELL)
        self.assertTrue((self.folder / "a/b/c" / f"{self.text(1).stem}.json").exists())

    def test_an_output_folder_that_is_a_file_is_said(self):
        (self.folder / "archivo").write_text("")
        run = self.read(self.text(1), out=self.folder / "archivo")
        self.assertNotIn(run.code, (ENDED_WELL, WITH_FINDINGS))
        self.assertIn("archivo", run.err)

    def on_a_small_disk(self, kilobytes, mount, source, **options):
        self.need_root()
        mount.mkdir()
        check = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", str(mount)], capture_output=True)
        if check.returncode != 0:
            self.skipTest("no file system may be mounted here")
        script = f'mount -t tmpfs -o size={kilobytes}k none "$0" && exec "$@"'
        return self.read(source, prefix=["unshare", "--mount", "bash", "-c", script, mount], seconds=120, **options)

    def test_a_full_disk_for_results_is_said(self):
        mount = self.folder / "lleno"
        run = self.on_a_small_disk(16, mount, self.text(40), out=mount / "out")
        self.assertIn(run.code, (WITH_FINDINGS, BAD_USAGE, UNAVAILABLE), run.err)
        self.assertIn("space", run.err.lower())

    def test_a_full_disk_for_the_store_is_said(self):
        mount = self.folder / "lleno"
        run = self.on_a_small_disk(100, mount, self.text(400), data=mount / "data")
        self.assertNotIn(run.code, (ENDED_WELL, -6, -11), run.err)
        self.assertGreater(run.code, 0, run.err)
        self.assertTrue("space" in run.err.lower() or "full" in run.err.lower(), run.err)

    def test_too_few_descriptors_are_said(self):
        for count in (8, 12, 16):
            run = self.read(self.text(1), prefix=["bash", "-c", f'ulimit -n {count}; exec "$0" "$@"'])
            self.assert_code(run, UNAVAILABLE)
            self.assertIn("Too many open files", run.err)

    def test_a_limit_on_files_is_an_error_with_a_sentence(self):
        run = self.read(self.text(1), prefix=["bash", "-c", 'ulimit -f 8; exec "$0" "$@"'])
        self.assert_code(run, UNAVAILABLE)

    def test_an_input_that_cannot_be_read_costs_only_itself(self):
        run = self.read("/dev/zero", self.folder / "none.pdf", self.text(2))
        self.assert_code(run, WITH_FINDINGS)
        self.assertIn("/dev/zero", run.err)
        self.assertIn("none.pdf", run.err)
        self.assert_every_page_read(self.record(self.text(2).stem), 2)

    def test_results_that_cannot_be_written_cost_only_their_document(self):
        folder = self.copy(self.text(1), "in/bloqueado.pdf").parent
        self.copy(self.text(1, seed=3), "in/sub/otro.pdf")
        good = self.text(2)
        (self.out / "bloqueado.json").mkdir(parents=True)
        (self.out / "sub").write_text("a file where a folder is needed", encoding="utf-8")
        for options in ((), ("--pdf",)):
            told, run = self.read_json(folder, good, *options)
            self.assert_code(run, WITH_FINDINGS)
            self.assertEqual(["not_written", "not_written"], [t["error"]["reason"] for t in told if "error" in t])
            self.assert_every_page_read(self.record(good.stem), 2)
        self.assertEqual([], list(self.out.glob(".civicum*")))

    def test_inputs_that_are_not_there_are_told_in_json(self):
        told, run = self.read_json(self.folder / "nada.pdf", "/dev/zero", self.text(1))
        self.assert_code(run, WITH_FINDINGS)
        self.assertEqual(["not_found", "unsupported", None], [t.get("error", {}).get("reason") for t in told])
        told, run = self.read_json(self.folder / "nada.pdf")
        self.assert_code(run, BAD_USAGE)
        self.assertEqual("not_found", told[0]["error"]["reason"])

    def test_a_refused_document_leaves_nothing_older_beside_its_record(self):
        source = self.copy(self.text(1), "cambia.pdf")
        self.read(source, "--pdf")
        source.write_bytes(b"%PDF-1.4 nothing else")
        self.assert_code(self.read(source, "--pdf"), BAD_USAGE)
        self.assertFalse((self.out / "cambia.pdf").exists())
        self.assertIn("no leído", (self.out / "cambia.md").read_text(encoding="utf-8"))

    def test_a_page_tree_counts_by_its_leaves(self):
        for count in (1, 0, -3, 99999, 2.5):
            source = self.folder / f"cuenta{count}.pdf"
            data = pathlib.Path(self.text(5)).read_bytes()
            source.write_bytes(data.replace(b"/Count 5 ", b"/Count %s " % str(count).encode()))
            self.assert_code(self.read(source), ENDED_WELL)
            self.assert_every_page_read(self.record(source.stem), 5)

    def test_a_page_with_a_pixel_to_the_point_is_read(self):
        self.need_tool("pdftoppm")
        picture = documents.jpeg_picture(LIBRARY.path("grande.jpg", documents.jpeg_file, 600).read_bytes())
        source = self.folder / "metros.pdf"
        source.write_bytes(pdf.image_document([picture], dpi=72))
        self.assert_code(self.read(source), ENDED_WELL)
        record = self.record("metros")
        self.assert_every_page_read(record, 1)
        page = record["pages"][0]
        self.assertAlmostEqual(picture[0], page["width"], delta=5)
        self.assertGreater(max(word["box"][2] for word in page["words"]), page["width"] / 2)

    def test_results_below_a_folder_are_not_read_again(self):
        folder = self.folder / "archivo"
        self.copy(self.text(2), "archivo/a.pdf")
        for _ in range(3):
            self.assert_code(self.read(folder, "--pdf", out=folder / "civicum-out"), ENDED_WELL)
        self.assertEqual(["a.json", "a.md", "a.pdf"], sorted(p.name for p in (folder / "civicum-out").rglob("*")))

    def test_a_pdf_beside_its_input_would_be_read_again(self):
        folder = self.folder / "archivo"
        self.copy(self.text(2), "archivo/a.pdf")
        self.assert_code(self.read(folder, out=folder), ENDED_WELL)
        run = self.read(folder, "--pdf", out=folder)
        self.assert_code(run, BAD_USAGE)
        self.assertIn("--out", run.err)
        self.assertEqual(["a.json", "a.md", "a.pdf"], sorted(p.name for p in folder.iterdir()))

    def test_a_picture_that_was_cut_off_is_read_as_far_as_it_goes_and_says_so(self):
        self.need_tool("pdftoppm")
        self.read(LIBRARY.path("cortado.pdf", documents.cut_scan_pdf))
        page = self.record("cortado")["pages"][0]
        self.assertGreater(len(page["words"]), 20)
        self.assertEqual("damaged", page["degraded"]["reason"])

    def test_bad_usage_is_2_with_one_sentence(self):
        for words in (["--dpi", "siete"], ["--memory", "mucha"], ["--no-such-option"], [], [self.text(1), "--lang", "spa++spa"]):
            run = self.read(*words)
            self.assert_code(run, BAD_USAGE)
            self.assertTrue(run.err.strip())
            self.assertLessEqual(len(run.err.strip().splitlines()), 3, run.err)

    def test_help_and_version_are_answers(self):
        for words, part in ((["--version"], "civicum"), (["--help"], "read"), (["read", "--help"], "--out")):
            run = subprocess.run([harness.PROGRAM, *words], capture_output=True, text=True, timeout=30)
            self.assertEqual(0, run.returncode)
            self.assertIn(part, run.stdout)

    def test_an_unknown_command_is_bad_usage(self):
        run = subprocess.run([harness.PROGRAM, "volar"], capture_output=True, text=True, timeout=30)
        self.assertEqual(BAD_USAGE, run.returncode)
        self.assertIn("volar", run.stderr)
