extension ContainerDetails: Decodable {
    private struct Answer: Decodable {
        struct State: Decodable {
            struct Health: Decodable {
                let status: String
                enum CodingKeys: String, CodingKey { case status = "Status" }
            }
            let status: String
            let exitCode: Int
            let outOfMemory: Bool?
            let startedAt: String
            let health: Health?
            enum CodingKeys: String, CodingKey {
                case status = "Status"
                case exitCode = "ExitCode"
                case outOfMemory = "OOMKilled"
                case startedAt = "StartedAt"
                case health = "Health"
            }
        }
        struct Config: Decodable {
            let image: String
            let labels: [String: String]?
            enum CodingKeys: String, CodingKey {
                case image = "Image"
                case labels = "Labels"
            }
        }
        struct Mount: Decodable {
            let source: String?
            let destination: String
            let isWritable: Bool
            enum CodingKeys: String, CodingKey {
                case source = "Source"
                case destination = "Destination"
                case isWritable = "RW"
            }
        }
        struct Port: Decodable {
            let address: String
            let port: String
            enum CodingKeys: String, CodingKey {
                case address = "HostIp"
                case port = "HostPort"
            }
        }
        struct Network: Decodable {
            let ports: [String: [Port]?]?
            enum CodingKeys: String, CodingKey { case ports = "Ports" }
        }
        let id: String
        let name: String
        let image: String
        let restarts: Int?
        let state: State
        let config: Config
        let mounts: [Mount]
        let network: Network
        enum CodingKeys: String, CodingKey {
            case id = "Id"
            case name = "Name"
            case image = "Image"
            case restarts = "RestartCount"
            case state = "State"
            case config = "Config"
            case mounts = "Mounts"
            case network = "NetworkSettings"
        }
    }

    package init(from decoder: any Decoder) throws {
        let answer = try Answer(from: decoder)
        id = answer.id
        name = answer.name.hasPrefix("/") ? String(answer.name.dropFirst()) : answer.name
        state = State(rawValue: answer.state.status)
        exitCode = answer.state.exitCode
        ranOutOfMemory = answer.state.outOfMemory ?? false
        health = answer.state.health?.status
        restarts = answer.restarts ?? 0
        startedAt = answer.state.startedAt
        imageID = answer.image
        imageReference = answer.config.image
        labels = answer.config.labels ?? [:]
        mounts = answer.mounts.map {
            ContainerRequest.Mount(
                source: $0.source ?? "", target: $0.destination, isReadOnly: !$0.isWritable)
        }
        bindings = Self.bindings(answer.network.ports ?? [:])
    }

    private static func bindings(_ ports: [String: [Answer.Port]?]) -> [Binding] {
        ports.sorted { $0.key < $1.key }.flatMap { port, published in
            (published ?? []).compactMap { place in
                Int(place.port).map {
                    Binding(containerPort: port, hostAddress: place.address, hostPort: $0)
                }
            }
        }
    }
}
