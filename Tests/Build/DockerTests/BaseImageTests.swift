import Docker
import Testing

@Suite("The image that a Dockerfile builds on")
struct BaseImageTests {
    @Test(
        "is that of the last stage, through stages and arguments",
        arguments: [
            ("FROM python:3.11\nRUN x", "python:3.11"), ("from a\nFROM b AS two\n", "b"),
            ("ARG BASE=x:1\nFROM ${BASE}\nRUN y", "x:1"), ("ARG BASE=x:1\nFROM $GIVEN\nARG z", nil),
            ("ARG GIVEN=x:1\nFROM $GIVEN", "given:2"), ("FROM ${NONE:-d:1}", "d:1"),
            ("FROM --platform=linux/amd64 a AS one\nFROM one\n", "a"),
            ("# FROM z\nFROM \\\n  a \\\n  AS b\n", "a"), ("FROM scratch", nil), ("RUN x", nil),
            ("FROM a\nFROM ${UNKNOWN}", nil),
        ] as [(String, String?)])
    func names(_ text: String, _ name: String?) {
        let isGiven = text.contains("ARG GIVEN")
        #expect(BaseImage.name(text, arguments: isGiven ? ["GIVEN": "given:2"] : [:]) == name)
    }

    @Test("all images that stages are built on, and where the last one works")
    func allNames() {
        let text = """
            ARG TAG=3.11
            FROM node:20 AS build
            WORKDIR /src
            FROM python:${TAG}
            FROM build AS again
            FROM scratch
            WORKDIR /srv/app
            COPY --from=build /src/out .
            """
        #expect(
            BaseImage.names(text, arguments: ["TAG": "3.12"]) == ["node:20", "python:3.12"])
        #expect(BaseImage.workingFolder(text) == "/srv/app")
        #expect(BaseImage.workingFolder("FROM x\nWORKDIR $HOME\n") == nil)
    }
}
