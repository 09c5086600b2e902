import Posix
import Processes
import Testing

/// `init` on folders laid out as the sites are that the tool was made for, by the built program: what it
/// writes is valid, can be planned at once, and says what it should.
struct InitTests {
    @Test("a site on Beanstalk: compile, figures, image, data, and a production that is complete")
    func beanstalk() throws {
        let site = try beanstalkSite()
        let made = try site.tool("init")
        #expect(made.exit == .exited(0), "\(made.standardErrorText)")
        let plan = try site.plan()
        #expect(plan.names == ["compile", "circos", "image", "push", "sync", "deploy"])
        #expect(plan.isMissingNothing)
        #expect(
            try site.stage("compile") == [
                "kind: run", "command: [python3, viz/data.py]", "environment: { PYTHONPATH: . }",
                "code: [\"viz/**/*.py\", requirements.txt]", "inputs: [data/raw]",
            ])
        // What is drawn from the compiled data is drawn again when that changes.
        #expect(
            try site.stage("circos") == [
                "kind: run", "needs: compile", "command: [python3, pages/circos.py]",
                "environment: { PYTHONPATH: . }", "code: [\"viz/**/*.py\", requirements.txt]",
                "inputs: [\"data/**/*.feather\"]",
            ])
        #expect(
            try site.stage("sync") == [
                "kind: sync", "needs: circos", "data: [data]", "exclude: [data/raw]",
            ])
        // Its own lines stay, though the last had no end.
        let ignored = try site.text(".dockerignore")
        #expect(ignored.hasPrefix("*.md\n\n#"), "\(ignored)")
        #expect(ignored.hasSuffix("\ndata\n"), "\(ignored)")
        let production = try site.text("pipeline/environments/production.yaml")
        for line in [
            "kind: beanstalk", "repository: public.ecr.aws/d6q7u0s0/ct-site", "  region: us-east-2",
            "  application: contacttracing", "  environment: Contacttracingsite-env",
            "  mount: /efs_data", "  file_system: fs-0a1b2c3d4e5f60718", "  files: .",
            "  mount: { from: data, to: /app/data }",
        ] { #expect(production.contains("\n\(line)\n"), "\(line) in \(production)") }
        #expect(!production.contains("profile"))
        #expect(made.standardOutputText.contains("deploy.sh builds the image and deploys"))
        #expect(made.standardOutputText.contains("1. `pipeline plan`"))
    }

    @Test(
        "services of ECS by Terraform and compose: what compose builds, and a draft of production")
    func services() throws {
        let site = try SiteLayout(
            named: "AutoVisionAI",
            [
                "docker-compose.yml": """
                services:
                  ui: { build: { context: ., dockerfile: docker/ui.Dockerfile } }
                  api:
                    build: { context: ., dockerfile: docker/api.Dockerfile }
                    ports: ["127.0.0.1:80:9000/tcp"]
                    volumes: [./experiments:/srv/experiments, cache:/cache]
                """,
                "docker/api.Dockerfile": "FROM python:3.11\nCOPY src src\n",
                "docker/ui.Dockerfile": "FROM python:3.11\nCOPY src src\n",
                "src/autovisionai/train.py":
                    "if __name__ == '__main__':\n    log.to_csv('experiments/log.csv')\n",
                "src/autovisionai/api.py": "@app.get(\"/health\")\ndef health(): ...\n",
                "tests/test_api.py": "def test(): ...\n",
                "experiments/run_1/checkpoints/best.ckpt": "c",
                "experiments/run_1/config.yaml": "a: 1\n",
                "deploy/terraform/main.tf": """
                provider "aws" {
                  region = "us-west-1"
                }
                resource "aws_ecs_cluster" "main" {
                  name = "autovisionai"
                }
                resource "aws_ecs_service" "api" {
                  name = "api"
                }
                resource "aws_ecs_service" "ui" {
                  name = "${var.project}-ui"
                }
                """,
            ])
        #expect(try site.tool("init").exit == .exited(0))
        // Nobody wants a run to train.
        #expect(try site.plan().names == ["image", "push", "sync", "deploy"])
        #expect(
            try site.stage("image") == [
                "kind: image", "context: .", "dockerfile: docker/api.Dockerfile",
                "platform: linux/amd64",
            ])
        #expect(try site.stage("sync") == ["kind: sync", "data: [experiments]"])
        let local = try site.text("pipeline/environments/local.yaml")
        #expect(local.contains("  container_port: 9000\n"))
        #expect(local.contains("  mount: { from: experiments, to: /srv/experiments }\n"))
        #expect(local.contains("src/autovisionai/api.py has this page"))
        #expect(try !site.exists("pipeline/environments/production.yaml"))
        let draft = try site.text("pipeline/environments/production.yaml.draft")
        for line in [
            "kind: ecs", "  region: us-west-1", "  cluster: autovisionai",
            "    - { name: api, access: read-only }", "  file_system: FILL-IN",
        ] { #expect(draft.contains("\n\(line)\n"), "\(line) in \(draft)") }
        #expect(!draft.contains("${"))
    }

    @Test("a monorepo with CDK whose data goes by a bucket and an instance")
    func monorepo() throws {
        let site = try SiteLayout(
            named: "reefguide",
            [
                "package.json": "{}", "packages/infra/cdk.json": "{}",
                "packages/infra/bin/infra.ts": "const region = 'ap-southeast-2';\n",
                "packages/infra/scripts/connect-efs.sh":
                    "#!/bin/bash\naws ssm start-session --target \"$ID\"\n",
                "packages/web-api/Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY package.json ./\n"
                    + "COPY packages/web-api packages/web-api\nCOPY --from=build /x /y\nEXPOSE 5000\n",
                "packages/web-api/src/index.ts": "app.get('/', home)\n",
                "data/reefguide-worker/slope.tif": "t", "data/adria/Moore/domain.nc": "n",
                "node_modules/x/data/big.csv": "not ours",
            ])
        #expect(try site.tool("init").exit == .exited(0))
        #expect(try site.plan().names == ["image", "push", "sync", "deploy"])
        #expect(
            try site.stage("image") == [
                "kind: image", "context: .", "dockerfile: packages/web-api/Dockerfile",
                "platform: linux/amd64",
            ])
        #expect(try site.stage("sync") == ["kind: sync", "data: [data]"])
        let draft = try site.text("pipeline/environments/production.yaml.draft")
        #expect(draft.contains("\n  region: ap-southeast-2\n"))
        #expect(draft.contains("\n  route: bucket\n"))
        #expect(try site.text(".dockerignore").contains("\ndata\n"))
    }

    @Test("data packages alone, and a mount script that names the file system")
    func packages() throws {
        let site = try SiteLayout(
            named: "data-packages",
            [
                "infra/lib/stack.ts": "new s3.Bucket(this, 'job-transfer-bucket')\n",
                "mountefs.sh": "#!/bin/sh\nmount -t efs fs-01234567:/ ~/efs\n",
                "sync.sh": "#!/bin/sh\naws s3 sync s3://bucket/path . --region eu-west-1\n",
                "infra/cdk.json": "{}",
                "data_packages/Moore/reef.gpkg": "g", "data_packages/GBR/reef.gpkg": "g",
            ])
        let made = try site.tool("init", "--json")
        #expect(made.exit == .exited(0))
        #expect(try site.plan().names == ["sync"])
        #expect(try site.stage("sync") == ["kind: sync", "data: [data_packages]"])
        #expect(try site.text("pipeline/environments/local.yaml").contains("\nkind: data\n"))
        let production = try site.text("pipeline/environments/production.yaml")
        #expect(production.contains("\n  file_system: fs-01234567\n"))
        #expect(production.contains("\n  region: eu-west-1\n"))
        for word in ["\"to_fill_in\":[]", "\"change\":\"new\"", "sync.sh sends files"] {
            #expect(made.standardOutputText.contains(word), "\(made.standardOutputText)")
        }
        // It does what it says: the data is in a slot.
        #expect(try site.tool("run").exit == .exited(0))
        #expect(try site.exists(".pipeline/environments/local/data/a/data_packages/GBR/reef.gpkg"))
    }

    @Test("trees for links and packs, without any image")
    func overlay() throws {
        let site = try SiteLayout(
            named: "s3fs",
            [
                "README.txt": "what this is\n", "overlay_linker.sh": "#!/bin/bash\nln -sf a b\n",
                "overlay/home/training/my_course/genome.fa": ">x\n",
                "autosquash/my-tarball.squash": "hsqs",
            ])
        let made = try site.tool("init")
        #expect(made.exit == .exited(0))
        #expect(try site.plan().names == ["sync"])
        #expect(try site.stage("sync") == ["kind: sync", "data: [autosquash, overlay]"])
        #expect(made.standardOutputText.contains("`pipeline data link`"))
        #expect(made.standardOutputText.contains("autosquash holds packs"))
        #expect(try !site.exists("pipeline/environments/production.yaml.draft"))
    }

    @Test("R and make: targets become stages, and what they start does not")
    func makefile() throws {
        let site = try SiteLayout(
            named: "atlas",
            [
                "Makefile":
                    "DATA := x\nall: data figures\n\ndata: raw.csv\n\tRscript R/clean.R data/raw/a.csv\n\n"
                    + "figures:\n\tRscript R/plots.R\n\nclean:\n\trm -rf data\n",
                "R/clean.R": "saveRDS(x, 'data/processed/x.rds')\n",
                "R/plots.R": "ggsave('data/processed/x.png')\n",
                "tables.R": "write.csv(x, \"data/processed/t.csv\")\n",
                "data/raw/a.csv": "1\n",
            ])
        let made = try site.tool("init")
        #expect(made.exit == .exited(0))
        #expect(try site.plan().names == ["data", "figures", "tables", "sync"])
        #expect(
            try site.stage("figures") == [
                "kind: run", "needs: data", "command: [make, figures]",
                "code: [R/plots.R, Makefile]", "inputs: [data/raw]",
            ])
        #expect(try site.stage("tables").contains("command: [Rscript, tables.R]"))
        #expect(made.standardOutputText.contains("starts them: R/clean.R and R/plots.R\n"))
    }

    @Test("names that would break YAML, templates, patterns or the terminal")
    func hostile() throws {
        let folder = "data: {x} # \"q\" *[a]\n\u{202E}"
        let site = try SiteLayout(
            named: "-O'Brien: \"site\"\n",
            [
                "Dockerfile": "FROM scratch\nCOPY . .\n",
                "\(folder)/raw {n}/a.csv": "1", "\(folder)/out/b.feather": "2",
                "-make {data} [x].py": "if __name__ == \"__main__\":\n    x.to_csv(\"t\")\n",
                "true/data/x.csv": "1", "123/data/y.csv": "1",
            ])
        let made = try site.tool("init")
        #expect(made.exit == .exited(0), "\(made.standardErrorText)")
        #expect(!made.standardOutputText.contains("\u{202E}"))
        let plan = try site.plan()
        #expect(plan.names == ["compile", "image", "push", "sync", "deploy"])
        #expect(plan.isMissingNothing)
        #expect(try site.text("pipeline/pipeline.yaml").hasPrefix("# "))
        #expect(try !site.text("pipeline/pipeline.yaml").contains("\u{202E}"))
        let files = try site.tool("data", "files", "--json").standardOutputText
        #expect(files.contains("b.feather") && files.contains("true/data/x.csv"), "\(files)")
        #expect(!files.contains("\"bytes\":1,\"path\":\"data: {x} # \\\"q\\\" *[a]\\n\u{202E}/raw"))
        // No data is in the image: the folder is named in .dockerignore with all its marks.
        #expect(try site.tool("init", "--json").standardOutputText.contains("\"added\":[]"))
    }

    @Test("what is there is not replaced without --force, and a second call finds all the same")
    func again() throws {
        let site = try beanstalkSite()
        _ = try ProcessRunner.run(ProcessCommand(["git", "init", "-q"], directory: site.root))
        let dry = try site.tool("init", "--dry-run")
        #expect(dry.exit == .exited(0))
        #expect(dry.standardOutputText.contains("\n  compile:\n"))
        #expect(try !site.exists("pipeline"))
        #expect(try !site.exists(".gitignore"))
        #expect(try site.tool("init").exit == .exited(0))
        #expect(try site.text(".gitignore").hasSuffix("\n.pipeline/\n"))
        let ignored = try site.text(".dockerignore")
        let second = try site.tool("init")
        #expect(second.exit == .exited(0))
        #expect(second.standardOutputText.contains("nothing was written"))
        #expect(try site.text(".dockerignore") == ignored)

        try site.write("pipeline/pipeline.yaml", "project: mine\n")
        let refused = try site.tool("init")
        #expect(refused.exit == .exited(1))
        #expect(refused.standardErrorText.contains("pipeline/pipeline.yaml is there already"))
        #expect(try site.text("pipeline/pipeline.yaml") == "project: mine\n")
        #expect(try site.tool("init", "--force").exit == .exited(0))
        #expect(try site.plan().names.first == "compile")

        let nothing = try SiteLayout(named: "empty", ["notes.txt": "x"])
        let empty = try nothing.tool("init")
        #expect(empty.exit == .exited(1))
        #expect(empty.standardErrorText.contains("there is nothing to propose"))
        #expect(try !nothing.exists("pipeline"))
    }

    @Test("every command of the page about existing sites works as it stands there")
    func page() throws {
        let site = try beanstalkSite()
        let page = try FileSystem.readText(Self.repository + "/docs/guide/existing-site.md")
        var commands: [Substring] = []
        var isInside = false
        for line in page.split(separator: "\n") {
            if line.hasPrefix("```") {
                isInside = line == "```sh"
            } else if isInside {
                commands.append(line)
            }
        }
        #expect(commands == ["pipeline init --dry-run", "pipeline init", "pipeline plan"])
        let folder = String(UnitProject.tool.dropLast("/pipeline".count))
        let script = "set -e; PATH=\(folder):$PATH\n" + commands.joined(separator: "\n")
        let ran = try ProcessRunner.run(
            ProcessCommand(["sh", "-c", script], directory: site.root), timeout: 120)
        #expect(ran.exit == .exited(0), "\(ran.standardErrorText)")
        #expect(ran.standardOutputText.contains("→ compile"))
    }

    private static let repository = String(
        #filePath.dropLast("/Tests/Program/Commands/InitTests.swift".count))
}
