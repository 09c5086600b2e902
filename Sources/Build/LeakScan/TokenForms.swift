/// Tokens by the form that their makers give them: what they start with, and how long they are.
///
/// Sources of the forms: AWS (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html),
/// GitHub (https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available/),
/// GitLab (https://docs.gitlab.com/security/tokens/), Slack (https://api.slack.com/concepts/token-types), Stripe
/// (https://docs.stripe.com/keys), PyPI (its page "API tokens"), Google
/// (https://cloud.google.com/docs/authentication/api-keys), and their like.
struct TokenForm: Sendable {
    let kind: String
    let start: [UInt8]
    let alphabet: Alphabet
    /// How many characters follow the start.
    let least: Int
    let most: Int
    let rule: LeakRule

    init(
        _ kind: String, _ start: String, _ alphabet: Alphabet, _ least: Int, _ most: Int = 4096,
        rule: LeakRule = .token
    ) {
        (self.kind, self.start, self.alphabet) = (kind, Array(start.utf8), alphabet)
        (self.least, self.most, self.rule) = (least, most, rule)
    }

    /// How many bytes of it there are at the start of `bytes`; 0 for none.
    func length(_ bytes: Bytes) -> Int {
        let rest = bytes.dropFirst(start.count).prefix { alphabet.has($0) }
        guard rest.count >= least, rest.count <= most, !rest.isPlaceholder else { return 0 }
        // A name in a program has no digits where a token does.
        guard least < 20 || rest.contains(where: \.isDigit) || rest.contains(where: \.isUpper)
        else {
            return 0
        }
        return start.count + rest.count
    }

    static let all: [TokenForm] =
        ["AKIA", "ASIA"].map { .init("AWS access key", $0, .upper, 16, 16, rule: .accessKey) }
        + ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"].map {
            .init("GitHub token", $0, .dotted, 36, 1024)
        }
        + [
            .init("GitHub token", "github_pat_", .base64URL, 50, 120),
            .init("GitLab token", "GR1348941", .base64URL, 20, 60),
        ]
        + [
            "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glimt-",
            "glagent-", "gloas-", "glffct-",
        ].map { .init("GitLab token", $0, .dotted, 20, 320) }
        + ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxo-", "xoxe.", "xapp-"].map {
            .init("Slack token", $0, .dotted, 24, 300)
        }
        + ["sk_live_", "rk_live_", "sk_test_", "rk_test_", "whsec_"].map {
            .init("Stripe key", $0, .base64, 20, 260)
        }
        + [
            .init("Google API key", "AIza", .base64URL, 35, 35),
            .init("Google access token", "ya29.", .base64URL, 30),
            .init("Google client secret", "GOCSPX-", .base64URL, 28, 28),
            .init("npm token", "npm_", .word, 36, 36),
            .init("PyPI token", "pypi-AgE", .base64URL, 50),
            .init("Hugging Face token", "hf_", .word, 34, 40),
            .init("Hugging Face token", "api_org_", .word, 34, 40),
            .init("Anthropic key", "sk-ant-", .base64URL, 32),
            .init("OpenRouter key", "sk-or-v1-", .lowerHex, 64, 64),
            .init("SendGrid key", "SG.", .dotted, 60, 80),
            .init("Mailgun key", "key-", .lowerHex, 32, 32),
            .init("DigitalOcean token", "dop_v1_", .lowerHex, 64, 64),
            .init("DigitalOcean token", "doo_v1_", .lowerHex, 64, 64),
            .init("DigitalOcean token", "dor_v1_", .lowerHex, 64, 64),
            .init("Databricks token", "dapi", .lowerHex, 32, 36),
            .init("Square token", "sq0atp-", .base64URL, 22, 60),
            .init("Square secret", "sq0csp-", .base64URL, 40, 60),
            .init("Telegram bot token", ":AA", .base64URL, 33, 33),
            .init("Linear key", "lin_api_", .word, 32, 60),
            .init("Notion token", "ntn_", .word, 40, 60),
            .init("Notion token", "secret_", .word, 43, 43),
            .init("Figma token", "figd_", .base64URL, 38, 60),
            .init("Grafana token", "glsa_", .base64URL, 40, 60),
            .init("Grafana token", "glc_", .base64, 60),
            .init("Vault token", "hvs.", .base64URL, 24),
            .init("Vault token", "hvb.", .base64URL, 60),
            .init("Terraform Cloud token", ".atlasv1.", .base64URL, 60),
            .init("Docker Hub token", "dckr_pat_", .base64URL, 27, 60),
            .init("Docker Hub token", "dckr_oat_", .base64URL, 27, 60),
            .init("Postman key", "PMAK-", .base64URL, 55, 65),
            .init("New Relic key", "NRAK-", .upper, 27, 27),
            .init("Sentry token", "sntrys_", .base64, 60),
            .init("Sentry token", "sntryu_", .lowerHex, 64),
            .init("PlanetScale token", "pscale_tkn_", .dotted, 32),
            .init("PlanetScale password", "pscale_pw_", .dotted, 32),
            .init("Supabase token", "sbp_", .lowerHex, 40, 48),
            .init("Supabase key", "sb_secret_", .base64URL, 20, 60),
            .init("Groq key", "gsk_", .word, 40, 60),
            .init("Replicate token", "r8_", .base64URL, 37, 40),
            .init("Perplexity key", "pplx-", .word, 40, 60),
            .init("xAI key", "xai-", .word, 70, 90),
            .init("LangSmith key", "lsv2_pt_", .base64URL, 40, 60),
            .init("Tailscale key", "tskey-", .base64URL, 30),
            .init("RubyGems key", "rubygems_", .lowerHex, 48, 48),
            .init("NuGet key", "oy2", .word, 43, 43),
            .init("Atlassian token", "ATATT3x", .dotted, 100),
            .init("Bitbucket token", "ATBB", .word, 28, 36),
            .init("Artifactory key", "AKCp", .word, 60, 80),
            .init("Doppler token", "dp.pt.", .word, 40, 44),
            .init("Doppler token", "dp.st.", .dotted, 40, 80),
            .init("Airtable token", "pat", .dotted, 79, 79),
            .init("age key", "AGE-SECRET-KEY-1", .upper, 58, 58, rule: .privateKey),
            .init("Azure storage key", "AccountKey=", .base64, 86, 86, rule: .secretKey),
            .init("Azure shared access key", "SharedAccessKey=", .base64, 42, 44, rule: .secretKey),
            .init("Azure shared access signature", "&sig=", .percent, 43, 80),
            .init("Azure shared access signature", "?sig=", .percent, 43, 80),
            .init("Slack webhook", "hooks.slack.com/services/T", .base64, 30, 60),
            .init("Discord webhook", "discord.com/api/webhooks/", .webhook, 60, 120),
        ]
        + ["shpat_", "shpca_", "shppa_", "shpss_"].map { .init("Shopify token", $0, .hex, 32, 32) }
        + ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"].map {
            .init("OpenAI key", $0, .base64URL, 40)
        }
        + "0123456789abcdef".map { .init("Twilio key", "SK\($0)", .lowerHex, 31, 31) }
}
