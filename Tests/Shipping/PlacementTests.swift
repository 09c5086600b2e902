import PipelineModel
import PipelineShipping
import Testing

/// The rule of placement: advice from counts and sizes alone.
struct PlacementTests {
    private let limits = PlacementLimits(image: 1000 << 10, smallFile: 16 << 10, smallFiles: 10)

    private func files(_ folder: String, _ count: Int, _ bytes: Int64) -> [(String, Int64)] {
        (0..<count).map { ("\(folder)/\($0)", bytes) }
    }

    @Test func aLargeFileOfTheImageBelongsToTheData() {
        let found = PlacementFindings.imageParts(
            [("site/app.py", 5000), ("site/model/big.bin", 1001 << 10)], limits)
        #expect(
            found == [
                "\"site/model/big.bin\" of 1001K makes the image large (limit 1000K): move it to the data, "
                    + "or name it in .dockerignore"
            ])
        #expect(PlacementFindings.imageParts([("site/a", 1000 << 10)], limits) == [])
    }

    @Test func aLargeFolderIsNamedOnceWhereItIsLarge() {
        let found = PlacementFindings.imageParts(
            files("site/a/deep", 11, 100 << 10) + files("site/b", 5, 100 << 10), limits)
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix("\"site/a/deep\" with 11 files of 1M ") == true, "\(found)")
    }

    @Test func manySmallFilesBelongIntoAPack() {
        let found = PlacementFindings.smallFiles(
            files("data/few", 10, 10) + files("data/large", 11, 64 << 10)
                + files("data/many", 11, 2048), limits)
        #expect(
            found == [
                "\"data/many\" holds 11 files of 2K on average, which is slow to send and to read from "
                    + "afar: `pipeline data pack data/many` makes one file of them"
            ])
    }

    @Test func smallFilesOfSeveralFoldersCountForTheFolderAbove() {
        let found = PlacementFindings.smallFiles(
            files("data/a/1", 6, 10) + files("data/a/2", 6, 10) + files("other", 1, 10), limits)
        #expect(found.count == 1)
        #expect(
            found.first?.hasPrefix("\"data/a\" holds 12 files of 10 bytes ") == true, "\(found)")
    }

    @Test func foldersWhoseNamesBeginAlikeAreApart() {
        let sorted = files("a", 6, 1) + files("a-b", 6, 1)
        #expect(PlacementFindings.smallFiles(sorted, limits) == [])
        #expect(PlacementFindings.smallFiles([], limits) == [])
    }
}
