import FoundationEssentials
import Posix
import Processes
import TestServers
import Testing

/// The data of a site at AWS gets another place.
@Suite(.enabled(if: AWSStandIn.isInstalled && hasEngine, "no stand-in, or no engine"))
struct CloudMoveTests {
    private static let shared = Result { try AWSStandIn() }
    private let standIn: AWSStandIn

    init() throws { standIn = try Self.shared.get() }

    enum Move: CaseIterable { case root, fileSystem }

    @Test(
        "D81: data in another root or file system is looked at, and is not up to date",
        arguments: Move.allCases)
    func movedData(_ move: Move) throws {
        let project = try CloudProject(
            standIn, data: "route: transfer, file_system: FS, root: site, slots: 2")
        #expect(try project.pipeline("run", "deploy").exit == .exited(0))
        let first = try project.label()
        let file = "pipeline/environments/aws.yaml"
        let text = try FileSystem.readText("\(project.site.root)/\(file)")
        let root: String
        switch move {
        case .root:
            root = try CloudProject.makeRoot(standIn, project.fileSystem, "moved")
            // The data's, and where instances see it.
            #expect(text.ranges(of: "root: site").count == 2)
            try project.site.write(file, text.replacing("root: site", with: "root: moved"))
        case .fileSystem:
            let other = try CloudProject.makeFileSystem(standIn, project.name)
            root = try CloudProject.makeRoot(standIn, other, "site")
            try project.site.write(file, text.replacing(project.fileSystem, with: other))
            // As the file that mounts it would, which names it.
            try standIn.world(
                """
                {"elasticbeanstalk": {"environments": {"\(project.name)-env": {"filesystem": "\(other)"}}}}
                """)
        }
        let plan = try project.pipeline("plan", "deploy")
        #expect(!plan.standardOutputText.contains("deploy   1 up to date"))
        let run = try project.pipeline("run", "sync")
        #expect(run.exit == .exited(0), "\(run.standardErrorText)")
        // What is live is called slot a; which file system that is in, its label does not say.
        #expect(try FileSystem.readText("\(root)/b/data/compiled/line.txt") == "FIRST DATA\n")
        #expect(try project.label() == first)
        let deploy = try project.pipeline("run", "deploy")
        #expect(deploy.exit == .exited(0), "\(deploy.standardErrorText)")
        #expect(try project.label().contains("-b-"))
        let again = try project.pipeline("run", "deploy")
        #expect(
            again.standardErrorText.contains("deploy   1 up to date"), "\(again.standardErrorText)")
    }
}
