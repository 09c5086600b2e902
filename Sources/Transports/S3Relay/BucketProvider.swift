import AWS
import PipelineLedger
import PipelineModel
import Processes
package import TransportProviders

extension TransportProvider {
    /// An EFS file system behind a bucket and an instance that mounts it.
    package static let bucket = TransportProvider(
        schema: TransportSchema(
            name: "bucket", summary: "bucket and instance of route bucket",
            keys: [
                KeySchema(
                    "stack", .string, "CloudFormation stack whose outputs name bucket and instance"),
                KeySchema(
                    "bucket", .string, "output that names the bucket, or without a stack its name"),
                KeySchema(
                    "instance", .string, "output that names the instance, or without a stack its id"
                ),
                KeySchema(
                    "mount", .string, default: "/mnt/efs",
                    "where the instance mounts the file system"),
            ], shared: [FileSystemPlace.owner], place: .fileSystem, isSwitchable: true,
            check: findings),
        isFenced: false,
        permissions: [
            "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket",
            "ec2:StartInstances", "ec2:StopInstances", "cloudformation:DescribeStacks",
            "ec2:DescribeInstances", "ssm:CancelCommand", "ssm:DescribeInstanceInformation",
            "ssm:GetCommandInvocation", "ssm:ListCommands", "ssm:SendCommand", "ssm:StartSession",
        ],
        identity: FileSystemPlace.identity,
        access: .temporary(
            TemporaryAccess(
                bills: { _ in [.init(.instance), .init(.objects)] },
                open: { request in
                    try BucketConnection.sweep(request)
                    return try BucketConnection(request)
                },
                sweep: BucketConnection.sweep,
                raiseFence: { request in
                    let names = try BucketNames.find(
                        request.options, request.client, request.account)
                    var object = FenceObject(
                        client: request.client, bucket: names.bucket, key: request.fence.key,
                        folder: request.folder)
                    object.cancel = request.cancel
                    try object.raise(to: request.fence.number)
                },
                shell: { request in
                    let names = try BucketNames.find(
                        request.options, request.client, request.account)
                    let call = AWSCall.startSession(instance: names.instance)
                    return .init(
                        command: .init(call.interactive(request.client.settings)),
                        folder: BucketConnection.folder(request.options))
                })))

    private static func findings(_ options: TransportOptions) -> [TransportSchema.Finding] {
        ["bucket", "instance"].filter { options["bucket.\($0)"] == nil }.map { key in
            .init(
                "bucket", code: "missing-key", "route bucket has no \"\(key)\"",
                advice:
                    "write the stack's output that names it, or without a stack the thing itself")
        }
    }
}
