import PipelineModel
package import TransportProviders

extension TransportProvider {
    /// A bucket of S3, or of what speaks its protocol, by the program `rclone`: many objects in one process. Credentials are those
    /// that the AWS programs find. For archives: a site mounts no bucket.
    package static let s3 = TransportProvider(
        schema: TransportSchema(
            name: "s3", summary: "where the bucket of transport s3 is",
            keys: [
                KeySchema("region", .string, required: true, "region of the bucket"),
                KeySchema(
                    "endpoint", .string,
                    "address of a storage other than Amazon's that speaks S3, with https://"),
                KeySchema(
                    "profile", .string,
                    "profile of the AWS configuration; default: the environment's"),
            ], layouts: []),
        programs: [.init(["rclone", "version"], advice: "install it: apt-get install rclone")],
        permissions: ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        identity: { "s3:\($0["s3.endpoint"] ?? ""):\($0.plainRoot)" },
        access: .lasting { request in
            RcloneConnection(
                remote: S3Remote.text(request.options), root: request.options.plainRoot,
                config: nil, cancel: request.cancel)
        })
}

/// A bucket as rclone's command line names it (https://rclone.org/docs/#connection-strings).
enum S3Remote {
    static func text(_ options: TransportOptions) -> String {
        var parameters = ["env_auth=true", "no_check_bucket=true"]
        parameters.append("region=" + quoted(options.text("s3.region")))
        if let endpoint = options["s3.endpoint"] {
            parameters += [
                "provider=Other", "force_path_style=true", "endpoint=" + quoted(endpoint),
            ]
        } else {
            parameters.append("provider=AWS")
        }
        if let profile = options["s3.profile"] { parameters.append("profile=" + quoted(profile)) }
        return ":s3," + parameters.joined(separator: ",") + ":"
    }

    private static func quoted(_ value: String) -> String {
        let inner = value.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"")
        return "\"\(inner)\""
    }
}
