app.get('/health', (_, answer) => answer.json({ ok: true }));
