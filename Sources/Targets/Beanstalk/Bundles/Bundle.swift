import Digests
import Posix

/// The source bundle of a release on Elastic Beanstalk's Docker platform
/// (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-sourcebundle.html).
package enum Bundle {
    /// Plans the bundle of a release.
    ///
    /// - Parameter folder: holds `.ebextensions`, `.platform` and, as a template, `Dockerrun.aws.json`; each
    ///   may be missing.
    /// - Throws: `BundleError` for settings that cannot be deployed and for files that cannot be read. What
    ///   is wrong inside the files is among the findings.
    package static func plan(
        _ settings: BundleSettings, folder: String
    ) throws(BundleError) -> BundlePlan {
        try settings.check()
        let user = try UserFiles.read(folder: folder, otherFiles: settings.otherFiles)
        let (template, templateFindings) = DockerrunTemplate.read(user.dockerrun)
        let dockerrun = Dockerrun(settings, template: template)

        let content = try self.content(settings, user.entries, dockerrun)
        let identity = try self.content(settings.identity, user.entries, dockerrun)
        var findings = user.findings + templateFindings + dockerrun.findings
        findings += ConfigLint.findings(in: user.entries, settings: settings)
        findings += HookLint.findings(in: user.entries)
        findings += MountLint.findings(in: user.entries, settings: settings)
        findings += OtherFilesLint.findings(in: user.entries)
        findings += PipelineConfig.findings(settings)
        let bytes = ZipArchive.size(of: content.entries)
        if bytes > ZipArchive.maximumBytes {
            findings.append(
                BundleFinding(
                    .error, ".",
                    "the bundle would have \(bytes) bytes, and Beanstalk takes at "
                        + "most \(ZipArchive.maximumBytes)",
                    advice: "leave out files; the biggest are "
                        + content.biggest.joined(separator: ", ")))
        }
        return BundlePlan(
            entries: content.entries, findings: findings.inOrderOfFiles(),
            contentDigest: identity.digest, entriesDigest: content.digest, bytes: bytes)
    }

    // What is generated comes last, so that it counts where the user has a file of the same name.
    private static func content(
        _ settings: BundleSettings, _ user: [BundleEntry], _ dockerrun: Dockerrun
    ) throws(BundleError) -> BundleContent {
        var entries = user
        entries.append(dockerrun.entry)
        entries.append(PipelineConfig.entry(settings))
        let list = try DigestList(settings)
        if let list { entries.append(list.entry) }
        entries += PredeployCheck(settings, list: list).entries
        entries.append(PruneHook.entry(settings))
        return BundleContent(entries)
    }
}
