import FileFormats
import Testing

/// The list of formats, and faults that a cut alone does not make. Whole and truncated files of each format, by the libraries that
/// write them, are in `Tests/Program/Units/OutputCheckTests.swift`.
@Suite struct FileFormatTests {
    /// A file in memory.
    private struct Bytes: ReadableFile {
        let bytes: [UInt8]
        var beside: [String: Int64] = [:]
        var size: Int64 { Int64(bytes.count) }

        func head(_ limit: Int) -> [UInt8] { Array(bytes.prefix(limit)) }
        func tail(_ limit: Int) -> [UInt8] { Array(bytes.suffix(limit)) }
        func text() -> String { String(decoding: bytes, as: UTF8.self) }
        func size(beside suffix: String) -> Int64? { beside[suffix] }
    }

    private struct Unreadable: Error {}

    private struct NoFile: ReadableFile {
        let size: Int64 = 1000
        func head(_ limit: Int) throws -> [UInt8] { throw Unreadable() }
        func tail(_ limit: Int) throws -> [UInt8] { throw Unreadable() }
        func text() throws -> String { throw Unreadable() }
        func size(beside suffix: String) throws -> Int64? { throw Unreadable() }
    }

    @Test func eachNameAndEachEndingIsOfOneFormat() {
        let names = FileFormat.all.map(\.name)
        let endings = FileFormat.all.flatMap(\.endings)
        #expect(Set(names).count == names.count)
        #expect(Set(endings).count == endings.count)
    }

    @Test(arguments: FileFormat.all)
    func isFoundByItsNameAndItsEndings(format: FileFormat) {
        #expect(FileFormat(named: format.name) == format)
        for ending in format.endings {
            #expect(FileFormat(endingOf: "out.d/a.\(ending)") == format)
            #expect(FileFormat(endingOf: "A.\(ending.uppercased())") == format)
            #expect(FileFormat(endingOf: "a.\(ending)/b") == nil)
            #expect(FileFormat(endingOf: ending) == nil)
        }
    }

    @Test(arguments: FileFormat.all)
    func anEmptyFileIsOfNone(format: FileFormat) throws {
        #expect(try format.fault(of: Bytes(bytes: [])) == "is empty")
    }

    @Test(arguments: FileFormat.all.filter { $0 != .nonempty })
    func bytesOfNoFormatAreRefused(format: FileFormat) throws {
        let fault = try format.fault(of: Bytes(bytes: Array(repeating: 0x2E, count: 4096)))
        #expect(fault?.isEmpty == false)
    }

    @Test(arguments: FileFormat.all.filter { $0 != .nonempty })
    func whatCannotBeReadIsNotJudged(format: FileFormat) {
        #expect(throws: Unreadable.self) { try format.fault(of: NoFile()) }
    }

    @Test func aFooterMustFitBetweenTheMarks() throws {
        func file(_ footer: UInt8) -> Bytes {
            Bytes(bytes: Array("PAR1abcd".utf8) + [footer, 0, 0, 0] + Array("PAR1".utf8))
        }
        #expect(try FileFormat.parquet.fault(of: file(4)) == nil)
        #expect(try FileFormat.parquet.fault(of: file(5)) == "has a footer longer than the file")
        #expect(try FileFormat.parquet.fault(of: file(0)) == "has a footer longer than the file")
    }

    @Test func anHDF5FileThatIsOpenIsNotWhole() throws {
        var bytes: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 3, 8, 8, 0]
        bytes += Array(repeating: 0, count: 84)
        bytes[28] = 96
        #expect(try FileFormat.hdf5.fault(of: Bytes(bytes: bytes)) == nil)
        bytes[11] = 1
        #expect(
            try FileFormat.hdf5.fault(of: Bytes(bytes: bytes)) == "was not closed by its writer")
        bytes[11] = 0
        bytes.append(0)
        #expect(
            try FileFormat.hdf5.fault(of: Bytes(bytes: bytes))
                == "is 97 bytes long, and its superblock has 96")
    }

    @Test func aDatabaseWithAJournalIsNotWhole() throws {
        var bytes = Array("SQLite format 3\0".utf8) + Array(repeating: 0, count: 1008)
        (bytes[16], bytes[31]) = (2, 2)
        #expect(try FileFormat.sqlite.fault(of: Bytes(bytes: bytes)) == nil)
        #expect(
            try FileFormat.sqlite.fault(of: Bytes(bytes: bytes, beside: ["-journal": 0])) == nil)
        #expect(
            try FileFormat.sqlite.fault(of: Bytes(bytes: bytes, beside: ["-journal": 512]))
                == "has a journal of a transaction that was not ended")
        #expect(
            try FileFormat.sqlite.fault(of: Bytes(bytes: Array(bytes.dropLast())))
                == "is 1023 bytes long, and its header has 1024")
    }

    @Test func aZIPArchiveMayEndWithAComment() throws {
        var bytes: [UInt8] = [0x50, 0x4B, 5, 6] + Array(repeating: 0, count: 16) + [3, 0]
        bytes += Array("end".utf8)
        #expect(try FileFormat.zip.fault(of: Bytes(bytes: bytes)) == nil)
        #expect(
            try FileFormat.zip.fault(of: Bytes(bytes: bytes + [0]))
                == "has no ZIP directory at its end")
    }
}
