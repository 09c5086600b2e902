/// Looks for files that turn the bundle into another kind of application.
enum OtherFilesLint {
    /// What Beanstalk's Docker platform takes before, or together with, Dockerrun.aws.json
    /// (docs.aws.amazon.com/elasticbeanstalk/latest/dg/single-container-docker-configuration.html).
    private static let names = ["docker-compose.yml", "docker-compose.yaml", "Dockerfile"]

    static func findings(in entries: [BundleEntry]) -> [BundleFinding] {
        entries.filter { names.contains($0.path) }.map { entry in
            BundleFinding(
                .error, entry.path,
                "with this file Beanstalk would run something else than the image of the release",
                advice: "leave it out of the bundle")
        }
    }
}
