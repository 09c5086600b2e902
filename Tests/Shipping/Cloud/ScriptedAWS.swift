import Posix

/// An `aws` that is a script: objects of S3 are files, so that a record can be taken, changed and lost, and everything else
/// is what a test has written as its answer.
enum ScriptedAWS {
    static let account = "123456789012"

    /// Writes the script as `FOLDER/bin/aws`.
    ///
    /// Answers are looked for in `FOLDER/SERVICE.OPERATION`, and `FOLDER/SERVICE.OPERATION.fails` has the code of the error
    /// that is the answer. `FOLDER/SERVICE.OPERATION.first` is shell that runs before. `FOLDER/calls` lists the calls.
    static func write(to folder: String) throws {
        try FileSystem.createDirectories("\(folder)/bin")
        try FileSystem.createDirectories("\(folder)/objects")
        let script = """
            #!/bin/sh
            S=\(folder)
            echo "$1 $2 $6" >> $S/calls
            fail() {
              echo "An error occurred ($1) when calling the Some operation: $1" >&2
              exit 254
            }
            tag() { printf '{"ETag": "%s"}\\n' "$(cksum < "$1" | tr ' ' -)"; }
            [ ! -e "$S/$1.$2.first" ] || . "$S/$1.$2.first"
            [ ! -e "$S/$1.$2.fails" ] || fail "$(cat "$S/$1.$2.fails")"
            [ ! -e "$S/$1.$2" ] || { cat "$S/$1.$2"; exit; }
            object=$S/objects/$(printf %s "$6" | tr / :)
            case "$1 $2" in
            "sts get-caller-identity")
              echo '{"Account": "\(account)", "Arn": "arn:aws:iam::\(account):user/alice", "UserId": "A"}' ;;
            "s3api get-object") [ -e "$object" ] || fail NoSuchKey; cp "$object" "$7"; tag "$object" ;;
            "s3api head-object") [ -e "$object" ] || fail 404; tag "$object" ;;
            "s3api put-object")
              case "${11}" in
              --if-none-match) [ ! -e "$object" ] || fail PreconditionFailed ;;
              --if-match) tag "$object" | grep -qF "\\"${12}\\"" || fail PreconditionFailed ;;
              esac
              cp "$8" "$object"; tag "$object" ;;
            "ecr describe-images") printf '{"imageDetails": [{"imageDigest": "%s"}]}' "${6#*=}" ;;
            "elasticbeanstalk describe-environments") echo '{"Environments": []}' ;;
            "elasticbeanstalk describe-instances-health") echo '{"InstanceHealthList": []}' ;;
            "elasticbeanstalk create-storage-location") echo '{"S3Bucket": "b"}' ;;
            *) fail NotScripted ;;
            esac

            """
        try FileSystem.writeAtomically(Array(script.utf8), to: "\(folder)/bin/aws", mode: 0o755)
    }
}
