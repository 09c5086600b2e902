import Posix
import Processes

extension InitTests {
    /// A site of figures over compiled data, on Elastic Beanstalk with a public registry.
    func beanstalkSite() throws -> SiteLayout {
        try SiteLayout(
            named: "ContactTracing Site",
            [
                "Dockerfile":
                    "FROM python:3.11\nWORKDIR /app\nCOPY requirements.txt .\nCOPY . .\nEXPOSE 8000\n",
                "Dockerrun.aws.json": """
                {"AWSEBDockerrunVersion": "1",
                 "Image": {"Name": "public.ecr.aws/d6q7u0s0/ct-site:latest", "Update": "true"},
                 "Ports": [{"ContainerPort": 8000}],
                 "Volumes": [{"HostDirectory": "/efs_data/data", "ContainerDirectory": "/app/data"}]}
                """,
                ".dockerignore": "*.md",
                ".elasticbeanstalk/config.yml": """
                branch-defaults:
                  main: { environment: Contacttracingsite-env }
                global: { application_name: contacttracing, default_region: us-east-2, profile: null }
                """,
                ".ebextensions/env_var.config": "FILE_SYSTEM_ID: fs-0a1b2c3d4e5f60718\n",
                "requirements.txt": "pandas\n",
                "app.py": "import dash\nif __name__ == \"__main__\":\n    app.run(port=8000)\n",
                "viz/__init__.py": "",
                "viz/data.py": """
                from viz import frames
                def compile_data():
                    read("data/raw/all.tsv").to_feather("data/compiled/interactions.feather")
                if __name__ == "__main__":
                    compile_data()
                """,
                "pages/circos.py": """
                import pickle
                from viz import data
                if __name__ == "__main__":
                    pickle.dump(figure(), open("data/compiled/default_circos.pkl", "wb"))
                """,
                "pages/home.py": "import dash\n",
                "data/raw/all.tsv": "a\n", "data/compiled/interactions.feather": "ARROW1",
                "deploy.sh": "#!/bin/bash\ndocker build -t ct-site .\neb deploy --timeout 30\n",
            ])
    }
}
