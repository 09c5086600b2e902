extension AWSCall {
    /// https://docs.aws.amazon.com/compute-optimizer/latest/APIReference/API_GetEnrollmentStatus.html
    package static func recommendationsStatus() -> AWSCall {
        AWSCall("compute-optimizer", "get-enrollment-status")
    }
}

extension AWSClient {
    /// Whether the account gets recommendations of Compute Optimizer: `Active`, `Inactive`, `Pending`, `Failed`.
    package func recommendationsStatus() throws(AWSError) -> String {
        struct Answer: Decodable { let status: String? }
        let answer: Answer = try ask(.recommendationsStatus())
        return answer.status ?? "unknown"
    }
}
