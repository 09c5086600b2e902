import Processes

/// Archives of images, as the Docker engine saves them, made by Python's tarfile.
enum ImageArchive {
    /// A command that writes `out`, which the script makes of `tar(FILES)`, `image(LAYERS, CONFIG, MANIFEST)` and
    /// `listing(COUNT)`, the manifest of so many layers. A file without content is a link.
    static func command(_ script: String) -> ProcessCommand {
        let program = """
            import gzip, io, json, struct, sys, tarfile, zlib
            def tar(files, fmt=tarfile.PAX_FORMAT):
                out = io.BytesIO()
                with tarfile.open(fileobj=out, mode="w", format=fmt) as t:
                    for name, data in files:
                        data = data.encode() if isinstance(data, str) else data
                        info = tarfile.TarInfo(name)
                        if data is None:
                            info.type = tarfile.SYMTYPE
                            info.linkname = ".env"
                            t.addfile(info)
                        else:
                            info.size = len(data)
                            t.addfile(info, io.BytesIO(data))
                return out.getvalue()
            def blob(number):
                return "blobs/sha256/" + ("%x" % number).ljust(64, "0")
            def listing(count):
                return json.dumps([{"Layers": [blob(n) for n in range(count)]}])
            LONG = "/".join(["folder-%02d" % n for n in range(40)])
            KEY = "AKIA" + "QWERTYUIOPASDFGH"
            def image(layers, config="{}", manifest="[]"):
                files = [(blob(n), layer) for n, layer in enumerate(layers)]
                return tar(files + [("blobs/sha256/" + "c" * 64, config), ("manifest.json", manifest)])
            \(script)
            sys.stdout.buffer.write(out)
            """
        return ProcessCommand(["python3", "-c", program])
    }
}
