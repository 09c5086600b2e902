import BucketRoutes
import Posix
import Slots
import Testing

/// The route by way of a bucket, its agent run on this machine.
@Suite struct BucketRouteTests {
    @Test func conforms() throws {
        let scratch = try ScratchFolder()
        try FileSystem.createDirectories(scratch.path + "/local")
        let host = DataHost(
            try FolderRunner(scratch: scratch.path + "/runner"), root: scratch.path + "/data",
            owner: nil, fileSystem: nil)
        try RouteConformance.check(host.route("a"), local: try ScratchFolder())
    }
}
