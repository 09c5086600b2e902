import Digests
import Slots

/// The route to data that nobody has opened a way to: every question is an error.
final class ClosedRoute: Route {
    private let environment: String

    init(_ environment: String) { self.environment = environment }

    private var error: RouteError {
        .failed(CloudError.notOpened(environment: environment).description)
    }

    func features() throws(RouteError) -> RouteFeatures { throw error }
    func list(
        expecting hint: ListingHint, isInterrupted: InterruptionCheck
    ) throws(RouteError) -> RouteListing { throw error }
    func entries(of folder: RelativePath?) throws(RouteError) -> [FolderEntry]? { throw error }
    func status(of path: RelativePath) throws(RouteError) -> RouteEntry.Kind? { throw error }
    func read(_ path: RelativePath, limit: Int) throws(RouteError) -> [UInt8]? { throw error }
    func digests(
        of entries: [DataManifest.Entry], progress: @escaping (Int64) -> Void,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) -> [Digest?] { throw error }
    func read(
        _ files: [(path: RelativePath, size: Int64)],
        take: @escaping (Int, ArraySlice<UInt8>) throws(RouteError) -> Void,
        end: @escaping (Int, Bool) throws(RouteError) -> Void, isInterrupted: InterruptionCheck
    ) throws(RouteError) { throw error }
    func put(
        _ next: () throws(RouteError) -> RoutePut?, observer: PutObserver,
        isInterrupted: InterruptionCheck
    ) throws(RouteError) { throw error }
    func delete(
        _ paths: [RelativePath], isInterrupted: InterruptionCheck
    ) throws(RouteError) { throw error }
    func removeLeftovers(_ names: [String]) throws(RouteError) { throw error }
    func makeFolders(_ paths: [RelativePath]) throws(RouteError) { throw error }
    func removeEmptyFolders(_ paths: [RelativePath]) throws(RouteError) { throw error }
    func readMarker() throws(RouteError) -> [UInt8]? { throw error }
    func beginFilling(_ token: String) throws(RouteError) { throw error }
    func fillingToken() throws(RouteError) -> String? { throw error }
    func writeMarker(_ bytes: [UInt8]) throws(RouteError) { throw error }
    func removeMarker() throws(RouteError) { throw error }
    func move(to root: String) throws(RouteError) { throw error }
    func removeRoot() throws(RouteError) { throw error }
    func synchronize() throws(RouteError) { throw error }
}
