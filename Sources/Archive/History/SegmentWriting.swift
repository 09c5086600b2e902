import Digests
package import JSON
import PipelinePlanning

/// A segment is a text of lines, each a JSON object without white space: the head, one line for each thing, and an end with the
/// number of lines before it.
extension HistorySegment {
    package static let format: Int64 = 1

    package var bytes: [UInt8] {
        var lines = [head.line.text]
        lines += sets.map { "{\"set\":\($0.text)}" }
        lines += programs.sorted { $0.key < $1.key }.map { digest, version in
            let value: JSONValue = ["digest": .string(digest.hex), "version": .string(version)]
            return JSONValue.object(["program": value]).text
        }
        lines += objects.map { JSONValue.object(["object": $0.value]).text }
        lines += results.map { JSONValue.object(["result": $0.value]).text }
        lines += releases.map { JSONValue.object(["release": $0.value]).text }
        lines += deployments.map { JSONValue.object(["deployment": $0.value]).text }
        lines += pins.map { JSONValue.object(["pin": $0.value]).text }
        lines += removed.map { JSONValue.object(["removed": .string($0)]).text }
        lines.append(JSONValue.object(["end": .int(lines.count)]).text)
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}

extension HistorySegment.Head {
    fileprivate var line: JSONValue {
        [
            "format": .int(HistorySegment.format),
            "archive": .string(archive),
            "writer": .string(name.writer),
            "number": .int(name.number),
            "previous": .string(previous?.hex),
            "made": .int(madeMs),
            "author": author.value,
            "platform": [
                "system": .string(platform.system), "library": .string(platform.library),
                "processor": .string(platform.processor),
            ],
        ]
    }
}

extension Author {
    package var value: JSONValue { ["user": .string(user), "host": .string(host)] }
}

extension ArchivedObject {
    fileprivate var value: JSONValue {
        [
            "digest": .string(digest.hex), "size": .int(size), "path": .string(path),
            "offset": .int(offset),
        ]
    }
}

extension ArchivedResult {
    fileprivate var value: JSONValue {
        [
            "unit": .string(unit), "stage": .string(stage), "recipe": .string(recipe.hex),
            "code": .string(code.hex), "inputs": .string(inputs.hex), "reads": .string(reads.hex),
            "outputs": .array(outputs.map(\.value)), "values": .string(axisValues),
            "milliseconds": .int(milliseconds), "made": .int(madeMs), "author": author.value,
            "commit": .string(commit),
        ]
    }
}

extension OutputRecord {
    fileprivate var value: JSONValue {
        [
            "path": .string(path), "digest": .string(digest.hex), "size": .int(size),
            "form": .string(form.rawValue),
        ]
    }
}

extension ArchivedRelease {
    fileprivate var value: JSONValue {
        [
            "environment": .string(environment), "number": .int(number), "image": .string(image),
            "code": .string(code?.hex), "manifest": .string(manifest.hex),
            "bundle": .string(bundle?.hex), "settings": .string(settings),
            "commit": .string(commit), "created": .int(createdMs), "author": author.value,
        ]
    }
}

extension ArchivedDeployment {
    fileprivate var value: JSONValue {
        [
            "environment": .string(environment), "release": .int(release), "kind": .string(kind),
            "replaces": .int(replaces), "outcome": .string(outcome), "slot": .string(slot),
            "version": .string(version), "started": .int(startedMs), "ended": .int(endedMs),
            "message": .string(message), "author": author.value, "machine": .string(machine),
        ]
    }
}

extension ArchivedPin {
    fileprivate var value: JSONValue {
        [
            "environment": .string(environment), "release": .int(release), "name": .string(name),
            "kept": .bool(isKept),
        ]
    }
}
