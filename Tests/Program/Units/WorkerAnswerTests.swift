import Testing

/// Answers of workers that cannot be used: the unit fails with the cause, and others run.
struct WorkerAnswerTests {
    @Test(
        "U39: an answer that cannot be used fails its unit with the cause",
        arguments: [
            (#"{"id": %d, "ok": true, "values": ["\\udcff"]}"#, "lone surrogate"),
            ("{\"id\": %d, \"ok\": true, \"values\": [\"\\377\"]}", "not UTF-8"),
            (#"{"id": %d, "ok": true, "values": "abc"}"#, "\"values\" is of another type"),
            (#"{"id": %d, "ok": true, "values": [null]}"#, "\"values\" is of another type"),
            (#"{"id": %d, "ok": true, "values": [["a"]]}"#, "\"values\" is of another type"),
            (#"{"id": %d, "ok": "yes", "values": ["a"]}"#, "\"ok\" is of another type"),
            (#"{"id": %d, "values": ["a"]}"#, "it has no \"ok\""),
            (#"{"id": %d, "ok": true, "values": ["a", "b", "a"]}"#, "\"a\" twice"),
            (#"{"id": %d, "ok": true}"#, "no values"),
            ("made it", "something else than one reply"),
        ])
    func answers(answer: String, cause: String) throws {
        let project = try UnitProject(
            """
            project: p
            stages:
              compile:
                worker: sh worker.sh
                units:
                  along: { matrix: { k: { from_worker: names } }, outputs: "out/{k}" }
                  other: { command: [sh, -c, 'echo x > "$1"', x, "{output}"], outputs: out/other }
            """)
        try project.write("answer", answer)
        try project.write(
            "worker.sh",
            """
            while read -r line; do
              id=${line#*\\"id\\":}; id=${id%%[,\\}]*}
              printf "$(cat answer)\\n" "$id"
            done
            """.replacing("\\\\", with: "\\"))
        let run = try project.run()
        #expect(run.units("failed") == ["compile/along/@k"])
        let message = run.message(of: "compile/along/@k")
        #expect(message.contains(cause), "\(message)")
    }
}
