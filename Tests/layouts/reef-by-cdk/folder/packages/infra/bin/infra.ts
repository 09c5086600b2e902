const config = loadConfig(process.env.CONFIG_FILE_NAME);
