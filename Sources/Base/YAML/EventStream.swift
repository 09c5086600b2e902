import CYAML

/// The events of a text, pulled one by one from libyaml (`yaml.h`).
///
/// A class because libyaml keeps a pointer to its own parser and to the input: both need one
/// address for as long as events are read.
final class EventStream {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let isReady: Bool

    init(_ bytes: [UInt8]) {
        input = .allocate(capacity: bytes.count)
        _ = input.initialize(from: bytes)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        isReady = yaml_parser_initialize(parser) == 1
        if isReady {
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
        }
    }

    deinit {
        if isReady { yaml_parser_delete(parser) }
        parser.deallocate()
        input.deallocate()
    }

    /// The next event. After the end of the stream there is none to ask for.
    func next() throws(YAMLError) -> Event {
        var raw = yaml_event_t()
        guard isReady, yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
        defer { yaml_event_delete(&raw) }
        return Event(raw)
    }

    private func failure() -> YAMLError {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
        let context = parser.pointee.context.map { String(cString: $0) + ": " } ?? ""
        guard parser.pointee.error == YAML_READER_ERROR else {
            return YAMLError(mark: Mark(parser.pointee.problem_mark), message: context + problem)
        }
        // The reader runs ahead of the parser and only knows a byte offset.
        let value = String(UInt32(bitPattern: parser.pointee.problem_value), radix: 16)
        return YAMLError(
            mark: mark(ofByte: parser.pointee.problem_offset),
            message: "\(problem) (U+\(value.uppercased()))")
    }

    private func mark(ofByte offset: Int) -> Mark {
        let before = input[..<min(offset, input.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let isContinuation = { (byte: UInt8) in byte & 0xC0 == 0x80 }
        return Mark(
            line: before.count { $0 == UInt8(ascii: "\n") } + 1,
            column: before[lineStart...].count { !isContinuation($0) } + 1)
    }
}

extension Mark {
    /// libyaml counts lines and columns from 0.
    fileprivate init(_ mark: yaml_mark_t) {
        self.init(line: mark.line + 1, column: mark.column + 1)
    }
}

extension Event {
    fileprivate init(_ raw: yaml_event_t) {
        let mark = Mark(raw.start_mark)
        switch raw.type {
        case YAML_STREAM_START_EVENT: self.init(kind: .streamStart, mark: mark)
        case YAML_DOCUMENT_START_EVENT: self.init(kind: .documentStart, mark: mark)
        case YAML_DOCUMENT_END_EVENT: self.init(kind: .documentEnd, mark: mark)
        case YAML_SEQUENCE_END_EVENT: self.init(kind: .sequenceEnd, mark: mark)
        case YAML_MAPPING_END_EVENT: self.init(kind: .mappingEnd, mark: mark)
        case YAML_ALIAS_EVENT:
            self.init(kind: .alias(String(raw.data.alias.anchor) ?? ""), mark: mark)
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            let text = String(
                decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length),
                as: UTF8.self)
            let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
            self.init(
                kind: .scalar(text, isPlain ? .plain : .quoted), mark: mark,
                anchor: String(scalar.anchor), tag: String(scalar.tag))
        case YAML_SEQUENCE_START_EVENT:
            let start = raw.data.sequence_start
            self.init(
                kind: .sequenceStart, mark: mark,
                anchor: String(start.anchor), tag: String(start.tag))
        case YAML_MAPPING_START_EVENT:
            let start = raw.data.mapping_start
            self.init(
                kind: .mappingStart, mark: mark,
                anchor: String(start.anchor), tag: String(start.tag))
        default: self.init(kind: .streamEnd, mark: mark)
        }
    }
}

extension String {
    fileprivate init?(_ pointer: UnsafeMutablePointer<yaml_char_t>?) {
        guard let pointer else { return nil }
        self.init(cString: pointer)
    }
}
