import Processes
import Testing

/// Symbolic links in the data: followed inside it, refused where they lead out, nowhere or in circles.
struct DataLinksTests {
    @Test("links to files and folders of the data are sent as what they lead to")
    func followed() throws {
        let project = try DataRulesTests.project()
        try project.write("data/in/runs/12/x", "twelve")
        _ = try project.shell("ln -s runs/12 data/in/latest; ln -s latest/x data/in/x")
        let run = try project.run("-e", "here", "sync")
        #expect(run.exit == .exited(0), "\(run.standardError)")
        #expect(
            try project.shell("cd out/a/data/in && find . -type f | sort | xargs grep .")
                == "./latest/x:twelve\n./runs/12/x:twelve\n./x:twelve\n")
        #expect(try project.shell("find out/a -type l") == "")
    }

    @Test(
        "D33, D34: a link that leads out, nowhere or in a circle stops the sync",
        arguments: [
            (
                "ln -s ../../secret data/in/link",
                "a link that leads out of the stage's data folders, to"
            ),
            ("ln -s /etc data/in/link", "to \"/etc\""),
            ("ln -s nowhere data/in/link", "a link to \"nowhere\", which does not exist"),
            ("ln -s . data/in/link", "a link in a circle, by \".\""),
            ("ln -s link data/in/link", "a link in a circle, by \"link\""),
            ("mkdir data/in/d; ln -s .. data/in/d/link", "a link in a circle, by \"..\""),
            (
                "mkdir data/in/a data/in/b; ln -s ../b data/in/a/link; ln -s ../a data/in/b/link",
                "a link in a circle"
            ),
            (
                "ln -s ../in-beside/x data/in/link; mkdir data/in-beside; touch data/in-beside/x",
                "leads out"
            ),
        ])
    func refused(make: String, saying: String) throws {
        let project = try DataRulesTests.project()
        try project.write("secret", "secret")
        try project.write("data/in/good", "good")
        _ = try project.shell(make)
        let run = try project.tool("run", "-e", "here", "sync")
        #expect(run.exit == .exited(2))
        #expect(run.standardErrorText.contains(saying), "\(run.standardErrorText)")
        #expect(run.standardErrorText.contains("link: "))
        #expect(try !project.exists("out/a/data"))
    }

    @Test("D34: links to folders that multiply are stopped")
    func multiplied() throws {
        let project = try DataRulesTests.project()
        try project.write("data/in/d0/x", "x")
        _ = try project.shell(
            "cd data/in; for i in 1 2 3 4 5 6 7 8 9 10; do mkdir d$i; ln -s ../d$((i-1)) d$i/l; done"
        )
        let (exit, listing) = try DataRulesTests.listing(project)
        #expect(exit == .exited(2))
        #expect(
            listing.refused.map(\.reason) == [
                "it is reached through more than 8 links to folders; exclude some",
                "it is reached through more than 8 links to folders; exclude some",
            ])
    }

    @Test("symlinks: refuse and leave")
    func policies() throws {
        for (policy, exit, reason) in [
            ("refuse", Int32(2), "a symbolic link, and the stage says \"symlinks: refuse\""),
            ("leave", 0, "a symbolic link"),
        ] {
            let project = try DataRulesTests.project("symlinks: \(policy)")
            try project.write("data/in/x", "x")
            _ = try project.shell("ln -s x data/in/link; ln -s /etc data/in/out")
            let (ended, listing) = try DataRulesTests.listing(project)
            #expect(ended == .exited(exit))
            #expect(listing.paths == ["data/in/x"])
            #expect(listing.reasons == ["data/in/link": reason, "data/in/out": reason])
        }
    }

    @Test("a data folder that is itself a link is what the definition says it is")
    func linkedFolder() throws {
        let project = try DataRulesTests.project()
        try project.write("big/disk/x", "x")
        _ = try project.shell("mkdir data; ln -s ../big/disk data/in; ln -s x data/in/y")
        let (exit, listing) = try DataRulesTests.listing(project)
        #expect(exit == .exited(0))
        #expect(listing.paths == ["data/in/x", "data/in/y"])
    }
}
